package bootstrap

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Mode says on which boots user data runs.
type Mode string

const (
	Once   Mode = "once"
	Always Mode = "always"
	Off    Mode = "off"
)

const (
	defaultTimeLimit = 10 * time.Minute
	// The unit's TimeoutStartSec= is longer: systemd would kill this program before it could clean up.
	maxTimeLimit = time.Hour
)

// Settings of one bootstrap container.
type Settings struct {
	Name string
	// UserData is a program: a script with its #! line, or for /bin/sh without one.
	UserData  []byte
	Mode      Mode
	TimeLimit time.Duration
}

// Digest names the user data in journal and sentinel, which must not repeat what may hold secrets.
func (s Settings) Digest() string {
	sum := sha256.Sum256(s.UserData)
	return hex.EncodeToString(sum[:])
}

// Args run the user data.
func (s Settings) Args() []string {
	if bytes.HasPrefix(s.UserData, []byte("#!")) {
		return []string{userDataPath}
	}
	return []string{"/bin/sh", userDataPath}
}

// ReadSettings reads the credentials bootstrap.NAME.* that systemd left in directory. What it does not know it refuses:
// a misspelt setting must not be ignored.
func ReadSettings(directory, name string) (Settings, error) {
	settings := Settings{Name: name, Mode: Once, TimeLimit: defaultTimeLimit}
	prefix := "bootstrap." + name + "."
	files, err := filepath.Glob(filepath.Join(directory, prefix+"*"))
	if err != nil {
		return settings, err
	}
	for _, file := range files {
		value, err := os.ReadFile(file)
		if err != nil {
			return settings, err
		}
		if err := settings.set(strings.TrimPrefix(filepath.Base(file), prefix), value); err != nil {
			return settings, fmt.Errorf("credential %s: %w", filepath.Base(file), err)
		}
	}
	if len(settings.UserData) == 0 {
		return settings, errors.New("credential " + prefix + "user-data: it is missing or empty")
	}
	return settings, nil
}

func (s *Settings) set(name string, value []byte) error {
	text := strings.TrimSpace(string(value))
	switch name {
	case "user-data":
		s.UserData = value
	case "mode":
		s.Mode = Mode(text)
		if s.Mode != Once && s.Mode != Always && s.Mode != Off {
			return fmt.Errorf("expected once, always or off, found %.40q", text)
		}
	case "time-limit":
		limit, err := time.ParseDuration(text)
		if err != nil || limit <= 0 || limit > maxTimeLimit {
			return fmt.Errorf("expected a duration of at most %s, such as 90s, found %.40q", maxTimeLimit, text)
		}
		s.TimeLimit = limit
	default:
		return errors.New("there is no such setting; known are user-data, mode, time-limit")
	}
	return nil
}
