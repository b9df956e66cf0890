package admin

import (
	"errors"
	"strings"
	"testing"
)

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKuG/2r9wdjr2WKYFCVv/O7zszYheL+TX5z2tdANvu9z me@there"

func TestStartTakesKeysAndAPort(t *testing.T) {
	if err := (Start{[]string{key}, SSHPort}).check(); err != nil {
		t.Error(err)
	}
}

func TestStartRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		start Start
		want  string
	}{
		"no key":       {Start{Port: SSHPort}, "authorizedKeys: expected 1 to 16 keys, found 0"},
		"a port":       {Start{[]string{key}, 70000}, "port: expected 1 to 65535, found 70000"},
		"no port":      {Start{[]string{key}, 0}, "port: expected 1 to 65535, found 0"},
		"options":      {Start{[]string{`command="x" ` + key}, 22}, "authorizedKeys[0]: expected one line"},
		"a second key": {Start{[]string{key + "\n" + key}, 22}, "authorizedKeys[0]: expected one line"},
		"a long key":   {Start{[]string{key + strings.Repeat("x", maxKeySize)}, 22}, "authorizedKeys[0]: expected one line"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.start.check()
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
