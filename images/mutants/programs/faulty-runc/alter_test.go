package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
)

const config = `{
	"process": {"args": ["/workload", "exit", "37"], "capabilities": {"bounding": ["CAP_KILL"], "effective": [], "permitted": []}},
	"linux": {"seccomp": {}, "resources": {"cpu": {}, "memory": {}, "devices": []}}
}`

func TestFaultsAreMadeAndNothingElse(t *testing.T) {
	for name, test := range map[string]struct{ faults, want string }{
		"none": {`{}`, config},
		"all": {
			`{"dropSeccomp": true, "addCapabilities": ["CAP_SYS_TIME"], "dropLimits": true, "replaceArgs": {"37": "38"}}`,
			`{
				"process": {
					"args": ["/workload", "exit", "38"],
					"capabilities": {"bounding": ["CAP_KILL", "CAP_SYS_TIME"], "effective": ["CAP_SYS_TIME"], "permitted": ["CAP_SYS_TIME"]}
				},
				"linux": {"resources": {"devices": []}}
			}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.json")
			if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			var made faults
			if err := json.Unmarshal([]byte(test.faults), &made); err != nil {
				t.Fatal(err)
			}
			if err := alter(path, made.inContainer); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := parsed(t, string(text)), parsed(t, test.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestAProcessIsWaitedFor(t *testing.T) {
	command := exec.Command("/bin/true")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if err := waitFor(strconv.Itoa(command.Process.Pid)); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := waitFor(strconv.Itoa(command.Process.Pid)); err != nil {
		t.Fatalf("one that has gone: %v", err)
	}
}

func parsed(t *testing.T, text string) object {
	t.Helper()
	var value object
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
