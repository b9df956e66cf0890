package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Whether a container sees what is mounted on the node later, below a directory that it was given, as volumes of pods are.
type mountFacts struct {
	Error string `json:"error"`
	// What it read in that mount.
	Seen string `json:"seen"`
}

const mountedText = "mounted later"

func (p *pods) tryMount(ctx context.Context, in *pod, directory string) mountFacts {
	if directory == "" {
		return mountFacts{}
	}
	seen, err := p.seenMount(ctx, in, directory)
	if err != nil {
		return mountFacts{Error: err.Error()}
	}
	return mountFacts{Seen: seen}
}

func (p *pods) seenMount(ctx context.Context, in *pod, directory string) (string, error) {
	given := filepath.Join(directory, "bootwright-volumes")
	volume := filepath.Join(given, "later")
	if err := os.MkdirAll(volume, 0o755); err != nil {
		return "", err
	}
	defer os.RemoveAll(given)
	made, err := p.start(ctx, in, "mount", []string{"wait"}, func(config *cri.ContainerConfig) {
		config.Mounts = []*cri.Mount{{
			ContainerPath: "/volumes", HostPath: given, Propagation: cri.MountPropagation_PROPAGATION_HOST_TO_CONTAINER,
		}}
	})
	if err != nil {
		return "", err
	}
	if err := unix.Mount("tmpfs", volume, "tmpfs", 0, "size=64k"); err != nil {
		return "", fmt.Errorf("mount %s: %w", volume, err)
	}
	defer func() { _ = unix.Unmount(volume, unix.MNT_DETACH) }()
	if err := os.WriteFile(filepath.Join(volume, "file"), []byte(mountedText), 0o644); err != nil {
		return "", err
	}
	const inside = "/volumes/later/file"
	read := p.exec(ctx, made.id, 0, "/workload", "cat", inside)
	if read.Error != "" {
		return "", fmt.Errorf("reading in it: %s", read.Error)
	}
	var files map[string]struct{ Text, Error string }
	if err := json.Unmarshal([]byte(read.Output), &files); err != nil {
		return "", fmt.Errorf("reading in it: %q: %w", read.Output, err)
	}
	return files[inside].Text + files[inside].Error, nil
}
