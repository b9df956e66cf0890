package bootstrap

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func credentials(t *testing.T, values map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for name, value := range values {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

func TestUserDataAloneRunsOnce(t *testing.T) {
	directory := credentials(t, map[string]string{"bootstrap.node.user-data": "echo hello\n", "bootstrap.other.mode": "off"})
	settings, err := ReadSettings(directory, "node")
	want := Settings{Name: "node", UserData: []byte("echo hello\n"), Mode: Once, TimeLimit: 10 * time.Minute}
	if err != nil || !reflect.DeepEqual(settings, want) {
		t.Errorf("got %+v, %v", settings, err)
	}
}

func TestAllSettings(t *testing.T) {
	directory := credentials(t, map[string]string{
		"bootstrap.node.user-data":  "#!/bin/sh\n",
		"bootstrap.node.mode":       "always\n",
		"bootstrap.node.time-limit": "90s",
	})
	settings, err := ReadSettings(directory, "node")
	want := Settings{Name: "node", UserData: []byte("#!/bin/sh\n"), Mode: Always, TimeLimit: 90 * time.Second}
	if err != nil || !reflect.DeepEqual(settings, want) {
		t.Errorf("got %+v, %v", settings, err)
	}
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		credential, value, err string
	}{
		"mode":              {"mode", "twice", `credential bootstrap.node.mode: expected once, always or off, found "twice"`},
		"no duration":       {"time-limit", "90", `credential bootstrap.node.time-limit: expected a duration of at most 1h0m0s, such as 90s, found "90"`},
		"too long":          {"time-limit", "61m", `credential bootstrap.node.time-limit: expected a duration of at most 1h0m0s, such as 90s, found "61m"`},
		"setting":           {"essential", "yes", `credential bootstrap.node.essential: there is no such setting; known are user-data, mode, time-limit`},
		"empty user data":   {"user-data", "", `credential bootstrap.node.user-data: it is missing or empty`},
		"mode without data": {"mode", "once", `credential bootstrap.node.user-data: it is missing or empty`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadSettings(credentials(t, map[string]string{"bootstrap.node." + test.credential: test.value}), "node")
			if err == nil || err.Error() != test.err {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestUserDataWithoutAnInterpreterIsForTheShell(t *testing.T) {
	for text, want := range map[string][]string{
		"#!/bin/sh\necho": {userDataPath},
		"echo":            {"/bin/sh", userDataPath},
	} {
		if got := (Settings{UserData: []byte(text)}).Args(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
