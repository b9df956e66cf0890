package probe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

const (
	defaultMaxDirectories = 200_000
	mostDirectories       = 2_000_000
	defaultMaxMs          = 60_000
	mostMs                = 3_600_000
	maxWritableRoots      = 1_000
	maxMountReports       = 256
	maxExclusions         = 64
	maxDevices            = 64
	maxLeftBehind         = 32
)

// agentDirectory is the agent's own mount: writing there says nothing about the image.
const agentDirectory = "/run/bootwright"

// pseudoFstypes hold the kernel's own objects, not files.
var pseudoFstypes = []string{
	"proc", "sysfs", "cgroup", "cgroup2", "devpts", "securityfs", "debugfs", "tracefs", "bpf", "configfs", "pstore",
	"mqueue", "hugetlbfs", "fusectl", "binfmt_misc", "efivarfs", "autofs", "selinuxfs", "smackfs", "nsfs", "rpc_pipefs",
	"nfsd", "resctrl",
}

type writeEverythingInput struct {
	// Root: mounts at or below it are walked; default "/".
	Root string `json:"root"`
	// SkipFstypes are left out besides the pseudo file systems.
	SkipFstypes []string `json:"skipFstypes"`
	// Exclude: directories left out besides the agent's own.
	Exclude []string `json:"exclude"`
	// MaxDirectories and MaxMs end the walk early; defaults 200000 and 60000.
	MaxDirectories int `json:"maxDirectories"`
	MaxMs          int `json:"maxMs"`
	// BlockDevices: also write back to every block device behind a walked mount; default true.
	BlockDevices *bool `json:"blockDevices"`
}

type writeEverythingOutput struct {
	Root             string         `json:"root"`
	DirectoriesTried int            `json:"directoriesTried"`
	Created          int            `json:"created"`
	RefusedByErrno   map[string]int `json:"refusedByErrno"`
	// WritableRoots: directories where a file could be made and that are a mount point or lie in one where it could not.
	WritableRoots         []string           `json:"writableRoots"`
	Mounts                []walkedMount      `json:"mounts"`
	SkippedMountsByFstype map[string]int     `json:"skippedMountsByFstype"`
	ShadowedMounts        int                `json:"shadowedMounts"`
	UnreadableByErrno     map[string]int     `json:"unreadableByErrno"`
	LeftBehind            []string           `json:"leftBehind"`
	BlockDevices          []blockWriteOutput `json:"blockDevices"`
	// Truncated: not everything was tried, so an absence of writable roots proves nothing.
	Truncated   bool   `json:"truncated"`
	TruncatedBy string `json:"truncatedBy,omitempty"`
}

type walkedMount struct {
	MountPoint       string `json:"mountPoint"`
	Fstype           string `json:"fstype"`
	Source           string `json:"source"`
	ReadOnlyMount    bool   `json:"readOnlyMount"`
	ReadOnlySuper    bool   `json:"readOnlySuper"`
	DirectoriesTried int    `json:"directoriesTried"`
	Created          int    `json:"created"`
}

// runWriteEverything tries to make a file in every directory of every real file system, then to write to the devices.
func runWriteEverything(ctx context.Context, input writeEverythingInput) (writeEverythingOutput, error) {
	if err := checkWriteEverything(&input); err != nil {
		return writeEverythingOutput{}, err
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return writeEverythingOutput{}, err
	}
	defer unlock()
	mounts, err := readMountTable()
	if err != nil {
		return writeEverythingOutput{}, fmt.Errorf("read the mount table: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(input.MaxMs)*time.Millisecond)
	defer cancel()
	walk := newDirectoryWalk(ctx, input)
	numbers := []string{}
	for _, mount := range mounts {
		if !walk.wants(mount) || !walk.mount(mount) {
			continue
		}
		if number := deviceNumberOfMount(mount); number != "" {
			numbers = append(numbers, number)
		}
	}
	if *input.BlockDevices {
		walk.output.writeToDevices(ctx, numbers)
	}
	return walk.output, nil
}

func checkWriteEverything(input *writeEverythingInput) error {
	if input.Root == "" {
		input.Root = "/"
	}
	if input.MaxDirectories == 0 {
		input.MaxDirectories = defaultMaxDirectories
	}
	if input.MaxMs == 0 {
		input.MaxMs = defaultMaxMs
	}
	if input.BlockDevices == nil {
		input.BlockDevices = new(bool)
		*input.BlockDevices = true
	}
	switch {
	case input.MaxDirectories < 1 || input.MaxDirectories > mostDirectories:
		return fmt.Errorf("maxDirectories must be 1 to %d, got %d", mostDirectories, input.MaxDirectories)
	case input.MaxMs < 1 || input.MaxMs > mostMs:
		return fmt.Errorf("maxMs must be 1 to %d, got %d", mostMs, input.MaxMs)
	case len(input.Exclude) > maxExclusions || len(input.SkipFstypes) > maxExclusions:
		return fmt.Errorf("exclude and skipFstypes hold at most %d entries each", maxExclusions)
	}
	input.Root = filepath.Clean(input.Root)
	for _, path := range append([]string{input.Root}, input.Exclude...) {
		if err := checkAbsolute("root and exclude", path); err != nil {
			return err
		}
	}
	return nil
}

func (o *writeEverythingOutput) truncate(why string) {
	if !o.Truncated {
		o.Truncated, o.TruncatedBy = true, boundedText(why, 200)
	}
}

func reasonOf(ctx context.Context, otherwise string) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "time"
	case ctx.Err() != nil:
		return "cancelled"
	}
	return otherwise
}

// isWithin: path is folder or lies below it.
func isWithin(path, folder string) bool {
	return folder == "/" || path == folder || strings.HasPrefix(path, folder+"/")
}
