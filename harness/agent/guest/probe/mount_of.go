package probe

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"
)

type mountOfInput struct {
	Path string `json:"path"`
}

type mountOfOutput struct {
	Path          string   `json:"path"`
	MountID       uint64   `json:"mountId"`
	MountPoint    string   `json:"mountPoint"`
	Root          string   `json:"root"`
	Fstype        string   `json:"fstype"`
	Source        string   `json:"source"`
	MountOptions  []string `json:"mountOptions"`
	SuperOptions  []string `json:"superOptions"`
	MajorMinor    string   `json:"majorMinor"`
	ReadOnlyMount bool     `json:"readOnlyMount"`
	ReadOnlySuper bool     `json:"readOnlySuper"`
	// StatfsType is statfs(2)'s f_type in hexadecimal: 0x1021994 is tmpfs.
	StatfsType string `json:"statfsType"`
	// TotalBytes is the size of the file system, as statfs(2) gives it.
	TotalBytes uint64 `json:"totalBytes"`
	// Devices: the mount's block device, its whole disk, and what lies below; empty for tmpfs, overlay and the like.
	Devices []blockDevice `json:"devices"`
}

func runMountOf(_ context.Context, input mountOfInput) (mountOfOutput, error) {
	if err := checkAbsolute("path", input.Path); err != nil {
		return mountOfOutput{}, err
	}
	mount, err := mountContaining(input.Path)
	if err != nil {
		return mountOfOutput{}, fmt.Errorf("find the mount of %q: %w", boundedPath(input.Path), err)
	}
	var statfs unix.Statfs_t
	if err := retryInterrupted(func() error { return unix.Statfs(input.Path, &statfs) }); err != nil {
		return mountOfOutput{}, fmt.Errorf("statfs %q: %w", boundedPath(input.Path), err)
	}
	devices := []blockDevice{}
	if number := deviceNumberOfMount(mount); number != "" {
		if devices, err = sysfs("/sys").chain(number); err != nil {
			return mountOfOutput{}, err
		}
	}
	return mountOfOutput{
		Path:          boundedPath(input.Path),
		MountID:       mount.id,
		MountPoint:    boundedPath(mount.mountPoint),
		Root:          boundedPath(mount.root),
		Fstype:        boundedText(mount.fstype, 64),
		Source:        boundedPath(mount.source),
		MountOptions:  boundedOptions(mount.mountOptions),
		SuperOptions:  boundedOptions(mount.superOptions),
		MajorMinor:    mount.majorMinor,
		ReadOnlyMount: mount.readOnlyMount(),
		ReadOnlySuper: mount.readOnlySuper(),
		TotalBytes:    statfs.Blocks * uint64(statfs.Bsize),
		StatfsType:    fmt.Sprintf("%#x", uint32(statfs.Type)),
		Devices:       devices,
	}, nil
}

func boundedOptions(options []string) []string {
	bounded := make([]string, 0, min(len(options), maxMountOptions))
	for _, option := range options[:min(len(options), maxMountOptions)] {
		bounded = append(bounded, boundedText(option, 1024))
	}
	return bounded
}
