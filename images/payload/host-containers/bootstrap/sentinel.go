package bootstrap

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const sentinelDir = "/var/lib/host-containers"

// sentinel is the file that says that user data ran to a good end, on any boot so far.
func sentinel(name string) string {
	return filepath.Join(sentinelDir, "bootstrap-"+name+".ran")
}

func hasRan(name string) (bool, error) {
	_, err := os.Lstat(sentinel(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// markRan is on disk when it returns: power may go away at any time.
func markRan(settings Settings) error {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	text, err := json.Marshal(map[string]string{
		"bootId":         strings.TrimSpace(string(boot)),
		"finished":       time.Now().UTC().Format(time.RFC3339),
		"userDataSha256": settings.Digest(),
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(sentinelDir, 0o700); err != nil {
		return err
	}
	path := sentinel(settings.Name)
	if err := writeSynced(path+".new", append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	directory, err := os.Open(sentinelDir)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}

func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write(content); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
