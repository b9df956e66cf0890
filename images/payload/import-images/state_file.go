package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opencontainers/go-digest"
)

// What was done, in one line that a power cut cannot damage.
type stateFile struct{ path string }

type importState string

const (
	nothing   importState = ""
	importing importState = "importing"
)

func imported(index digest.Digest) importState {
	return importState("imported " + index.String())
}

func (s stateFile) read() (importState, error) {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	return importState(strings.TrimSpace(string(text))), err
}

func (s stateFile) write(state importState) error {
	next := s.path + ".next"
	if err := writeSynced(next, string(state)+"\n"); err != nil {
		return err
	}
	if err := os.Rename(next, s.path); err != nil {
		return err
	}
	directory, err := os.Open(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}

func writeSynced(path, text string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		return err
	}
	return file.Sync()
}
