package admin

import (
	"errors"
	"fmt"
	"regexp"
)

// SSHPort is where the container listens when nothing else is asked for.
const SSHPort = 22

const (
	maxKeys    = 16
	maxKeySize = 16 << 10
)

// Start says how the admin container is to be started.
type Start struct {
	// AuthorizedKeys may log in, as lines of OpenSSH's public key files.
	AuthorizedKeys []string `json:"authorizedKeys"`
	// Port for SSH on all of the host's addresses.
	Port int `json:"port"`
}

// A key type, base64, a comment; no options, which would be a second way to say what a login may do.
var publicKey = regexp.MustCompile(`^(?:ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [ -~]*)?$`)

func (s Start) check() error {
	if s.Port < 1 || s.Port > 65535 {
		return invalid("port: expected 1 to 65535, found %d", s.Port)
	}
	if len(s.AuthorizedKeys) == 0 || len(s.AuthorizedKeys) > maxKeys {
		return invalid("authorizedKeys: expected 1 to %d keys, found %d", maxKeys, len(s.AuthorizedKeys))
	}
	for i, key := range s.AuthorizedKeys {
		if len(key) > maxKeySize || !publicKey.MatchString(key) {
			return invalid("authorizedKeys[%d]: expected one line such as \"ssh-ed25519 AAAA… name\", found %.60q", i, key)
		}
	}
	return nil
}

// Exec says what is to be run in the admin container.
type Exec struct {
	Argv []string `json:"argv"`
}

func (e Exec) check() error {
	if len(e.Argv) == 0 || e.Argv[0] == "" {
		return invalid("argv: expected a program and its arguments")
	}
	return nil
}

// ErrInvalid: the request itself is wrong.
var ErrInvalid = errors.New("invalid request")

// ErrState: the container is not in the state for it.
var ErrState = errors.New("wrong state")

func invalid(format string, values ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, values...))
}
