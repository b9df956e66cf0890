// Command faulty-sysupdate stands in place of systemd-sysupdate. It runs the real one beside it, and does harm where faults.json
// beside it says so.
package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bootwright/mutants/programs/internal/standin"
)

const bootFiles = "/efi/os"

type faults struct {
	// HideFailures: that the real program failed is not told by the exit code.
	HideFailures bool `json:"hideFailures"`
	// RemoveFirst is a file that each update begins by removing.
	RemoveFirst string `json:"removeFirst"`
	// Alter is a file of the release that runs; each update writes over its first bytes on the disk.
	Alter string `json:"alter"`
	// HoardMiB is left on the EFI system partition by each update.
	HoardMiB int `json:"hoardMiB"`
}

func main() {
	standin.Main("faulty-sysupdate", run)
}

func run(args []string) error {
	var present faults
	if err := standin.Read(&present); err != nil {
		return err
	}
	isUpdate := slices.Contains(args, "update")
	if isUpdate && present.RemoveFirst != "" {
		if err := os.Remove(present.RemoveFirst); err != nil {
			return err
		}
	}
	if err := standin.RunReal("systemd-sysupdate", args); err != nil && !present.HideFailures {
		return err
	}
	if !isUpdate {
		return nil
	}
	if err := present.alter(); err != nil {
		return err
	}
	return standin.Hoard(bootFiles, present.HoardMiB)
}

// alter goes past dm-verity, which would see it only if somebody read the file.
func (f faults) alter() error {
	if f.Alter == "" {
		return nil
	}
	offset, err := placeOf(f.Alter)
	if err != nil {
		return err
	}
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return err
	}
	slot, err := slotIn(string(text))
	if err != nil {
		return err
	}
	return overwrite(slot, offset)
}

// slotIn is the partition that the release runs from, of the kernel's arguments.
func slotIn(commandLine string) (string, error) {
	for _, argument := range strings.Fields(commandLine) {
		if label, isIt := strings.CutPrefix(argument, "systemd.verity_root_data=PARTLABEL="); isIt {
			return filepath.Join("/dev/disk/by-partlabel", label), nil
		}
	}
	return "", errors.New("no slot runs")
}

func overwrite(path string, offset int64) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_SYNC, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte("written in place"), offset)
	return errors.Join(err, file.Close())
}
