package request

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// mountFlags are the options that are flags of mount(2); all others are for the file system.
var mountFlags = map[string]uintptr{
	"ro": unix.MS_RDONLY, "nosuid": unix.MS_NOSUID, "nodev": unix.MS_NODEV, "noexec": unix.MS_NOEXEC, "noatime": unix.MS_NOATIME,
	"bind": unix.MS_BIND, "rec": unix.MS_REC,
}

// mountDisk makes the directory that it mounts on.
func mountDisk(_ context.Context, call *Call) (any, error) {
	var params struct {
		Source  string   `json:"source"`
		Target  string   `json:"target"`
		Type    string   `json:"type"`
		Options []string `json:"options"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(params.Target) {
		return nil, invalid("%q is no absolute path of a directory", params.Target)
	}
	if err := os.MkdirAll(params.Target, 0o755); err != nil {
		return nil, err
	}
	flags, data := splitOptions(params.Options)
	if err := unix.Mount(params.Source, params.Target, params.Type, flags, data); err != nil {
		return nil, fmt.Errorf("mount of %s on %s: %w", params.Source, params.Target, err)
	}
	return struct{}{}, nil
}

func splitOptions(options []string) (uintptr, string) {
	flags, data := uintptr(0), []string{}
	for _, option := range options {
		if flag, isFlag := mountFlags[option]; isFlag {
			flags |= flag
		} else {
			data = append(data, option)
		}
	}
	return flags, strings.Join(data, ",")
}

// unmount takes away the uppermost mount on the target; what is in use stays, and is an error.
func unmount(_ context.Context, call *Call) (any, error) {
	var params struct {
		Target string `json:"target"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	if err := unix.Unmount(params.Target, unix.UMOUNT_NOFOLLOW); err != nil {
		return nil, fmt.Errorf("unmount of %s: %w", params.Target, err)
	}
	return struct{}{}, nil
}
