package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations"`
}

type manifest struct {
	MediaType string       `json:"mediaType"`
	Config    descriptor   `json:"config"`
	Layers    []descriptor `json:"layers"`
}

// A layout that was read: which manifest each name and tag stands for, and what there is of manifests and blobs.
type layout struct {
	blobsDir string
	// By "repository:tag", without the host: which host is asked for its images, mirrors decide.
	names map[string]string
	// By digest.
	manifests map[string]descriptor
	blobs     map[string]descriptor
}

// Of containerd, which `ctr images import` goes by as well.
const nameAnnotation = "io.containerd.image.name"

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// HOST/REPOSITORY:TAG
var nameForm = regexp.MustCompile(`^[^/:]+(?::\d+)?/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$`)

// Everything that the index leads to must be there with its size: a disk that lacks something is told of now, and not by the
// spec that first pulls it.
func openLayout(directory string) (*layout, error) {
	if directory == "" {
		return nil, errors.New("-layout should name a directory")
	}
	var index struct {
		Manifests []descriptor `json:"manifests"`
	}
	if err := readJSON(filepath.Join(directory, "index.json"), &index); err != nil {
		return nil, err
	}
	read := &layout{
		blobsDir:  filepath.Join(directory, "blobs", "sha256"),
		names:     map[string]string{},
		manifests: map[string]descriptor{},
		blobs:     map[string]descriptor{},
	}
	for _, entry := range index.Manifests {
		if err := read.addImage(entry); err != nil {
			return nil, fmt.Errorf("%s: %w", directory, err)
		}
	}
	return read, nil
}

func (l *layout) addImage(entry descriptor) error {
	full := entry.Annotations[nameAnnotation]
	name := nameForm.FindStringSubmatch(full)
	if name == nil {
		return fmt.Errorf("%q should be a name like HOST/REPOSITORY:TAG", full)
	}
	if other, taken := l.names[name[1]]; taken && other != entry.Digest {
		return fmt.Errorf("%s stands for two manifests, of two hosts", name[1])
	}
	l.names[name[1]] = entry.Digest
	if _, known := l.manifests[entry.Digest]; known {
		return nil
	}
	path, err := l.checked(entry)
	if err != nil {
		return fmt.Errorf("manifest of %s: %w", full, err)
	}
	var content manifest
	if err := readJSON(path, &content); err != nil {
		return err
	}
	for _, blob := range append(content.Layers, content.Config) {
		if _, err := l.checked(blob); err != nil {
			return fmt.Errorf("blob of %s: %w", full, err)
		}
		l.blobs[blob.Digest] = blob
	}
	l.manifests[entry.Digest] = entry
	return nil
}

// The path of what a descriptor stands for.
func (l *layout) checked(wanted descriptor) (string, error) {
	if !digestForm.MatchString(wanted.Digest) {
		return "", fmt.Errorf("%q should be a sha256 digest", wanted.Digest)
	}
	path := l.pathOf(wanted.Digest)
	found, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if found.Size() != wanted.Size {
		return "", fmt.Errorf("%s should have %d bytes, but has %d", path, wanted.Size, found.Size())
	}
	return path, nil
}

func (l *layout) pathOf(digest string) string {
	return filepath.Join(l.blobsDir, strings.TrimPrefix(digest, "sha256:"))
}

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
