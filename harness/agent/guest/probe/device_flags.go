package probe

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"
)

// clearedFlags remembers the devices whose read-only flag BLKROSET really cleared.
type clearedFlags []blockDevice

// clearDeviceFlags clears the read-only flag of all devices behind the mount, in the steps whose name says so.
func (a remountAttempt) clearDeviceFlags(step string) clearedFlags {
	if !strings.HasSuffix(step, "-after-blkroset") && step != "mount-device-elsewhere" {
		return nil
	}
	var cleared clearedFlags
	for _, device := range a.devices {
		if changeReadOnlyFlag(device, 0) == nil {
			cleared = append(cleared, device)
		}
	}
	return cleared
}

func (c clearedFlags) restore() error {
	var problems []error
	for _, device := range c {
		if err := changeReadOnlyFlag(device, 1); err != nil && !errors.Is(err, errFlagUnchanged) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

var errFlagUnchanged = errors.New("the device's read-only flag did not change")

// changeReadOnlyFlag sets the flag and looks whether it took: a read-only virtio disk answers success and keeps it.
func changeReadOnlyFlag(device blockDevice, to int) error {
	file, err := openDevice(device, unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	before, err := unix.IoctlGetInt(file, unix.BLKROGET)
	if err != nil {
		return err
	}
	if err := setReadOnlyFlag(file, to); err != nil {
		return err
	}
	after, err := unix.IoctlGetInt(file, unix.BLKROGET)
	if err == nil && after == before {
		return errFlagUnchanged
	}
	return err
}
