package probe

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

type blockAttempt struct {
	Device             string       `json:"device"`
	MajorMinor         string       `json:"majorMinor"`
	Role               string       `json:"role"`
	Serial             string       `json:"serial,omitempty"`
	PartitionLabel     string       `json:"partitionLabel,omitempty"`
	ReadOnlyFlagBefore bool         `json:"readOnlyFlagBefore"`
	ReadOnlyFlagAfter  bool         `json:"readOnlyFlagAfter"`
	OpenErrno          string       `json:"openErrno"`
	BLKROSETErrno      string       `json:"blkrosetErrno"`
	Offset             int64        `json:"offset"`
	LengthBytes        int          `json:"lengthBytes"`
	Direct             writeBackTry `json:"direct"`
	Buffered           writeBackTry `json:"buffered"`
	Outcome            Outcome      `json:"outcome"`
	Detail             string       `json:"detail,omitempty"`
}

// attemptBlockWrite clears the device's read-only flag, writes one sector back, and restores the flag.
//
// A read-only virtio disk lets open(O_RDWR) succeed and answers BLKROSET 0 with success, and only the write fails
// (measured, Linux 6.12): so neither of the first two decides. One logical sector and no more, because the device may
// be mounted: sector 0 of an ext4 partition is unused, whereas its first 4096 bytes hold the live superblock.
func attemptBlockWrite(device blockDevice, offset int64) (attempt blockAttempt) {
	attempt = blockAttempt{
		Device: device.Node, MajorMinor: device.MajorMinor, Role: device.Role, Serial: device.Serial,
		PartitionLabel: device.PartitionLabel, Offset: offset, Outcome: Untried,
	}
	file, err := openDevice(device, unix.O_RDWR)
	attempt.OpenErrno = errnoName(err)
	if err != nil {
		attempt.Detail = "open for reading and writing: " + errnoName(err)
		if isWriteRefusal(err) {
			attempt.Outcome = Refused
		}
		return attempt
	}
	defer unix.Close(file)

	flagBefore, flagErr := unix.IoctlGetInt(file, unix.BLKROGET)
	attempt.BLKROSETErrno = errnoName(setReadOnlyFlag(file, 0))
	flagAfter, _ := unix.IoctlGetInt(file, unix.BLKROGET)
	attempt.ReadOnlyFlagBefore, attempt.ReadOnlyFlagAfter = flagBefore != 0, flagAfter != 0
	if flagErr == nil && flagBefore != 0 && flagAfter == 0 {
		defer func() {
			if err := setReadOnlyFlag(file, 1); err != nil {
				attempt.Detail += "; the read-only flag could not be set again: " + errnoName(err)
			}
		}()
	}

	attempt.LengthBytes = 512
	if size, err := unix.IoctlGetInt(file, unix.BLKSSZGET); err == nil && size >= 512 && size <= offsetAlignment {
		attempt.LengthBytes = size
	}
	attempt.Direct = tryDirect(device, offset, attempt.LengthBytes)
	if !attempt.Direct.wrote() {
		attempt.Buffered = writeBackBuffered(file, offset, attempt.LengthBytes)
	}
	switch {
	case attempt.Direct.wrote() || attempt.Buffered.wrote():
		attempt.Outcome = Succeeded
	case attempt.Direct.wasRefused() || attempt.Buffered.wasRefused():
		attempt.Outcome = Refused
	default:
		attempt.Detail = "neither way got as far as writing"
	}
	return attempt
}

// isWriteRefusal: EROFS and EACCES for a read-only device, EPERM for a guarded one, EBUSY where the kernel forbids
// writing to mounted devices (CONFIG_BLK_DEV_WRITE_MOUNTED=n).
func isWriteRefusal(err error) bool {
	return errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EBUSY)
}

func openDevice(device blockDevice, flags int) (int, error) {
	var file int
	err := retryInterrupted(func() (err error) {
		file, err = unix.Open(device.Node, flags|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
		return err
	})
	if err != nil {
		return -1, err
	}
	var stat unix.Stat_t
	if err := unix.Fstat(file, &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFBLK ||
		formatDeviceNumber(stat.Rdev) != device.MajorMinor {
		unix.Close(file)
		return -1, fmt.Errorf("%s is not device %s", device.Node, device.MajorMinor)
	}
	return file, nil
}

func setReadOnlyFlag(device, value int) error {
	return unix.IoctlSetPointerInt(device, unix.BLKROSET, value)
}
