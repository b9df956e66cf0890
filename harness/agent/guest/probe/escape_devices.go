package probe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// What a container host has on its disks, and what firmware reads.
var diskFileSystems = []string{"ext4", "vfat", "xfs", "btrfs", "erofs", "squashfs"}

// Known ways from root in a container to the host (core(5), Documentation/admin-guide/sysctl/kernel.rst and sysrq.rst): the
// first three name a program that the kernel starts outside of any container.
var levers = []string{
	"/proc/sys/kernel/core_pattern",
	"/proc/sys/kernel/modprobe",
	"/sys/kernel/uevent_helper",
	"/proc/sysrq-trigger",
}

// diskBehind lists the whole disk behind a mount, and each partition of it.
func diskBehind(mountPoint string) ([]blockDevice, error) {
	if mountPoint == "" {
		return nil, nil
	}
	if err := checkAbsolute("diskOf", mountPoint); err != nil {
		return nil, err
	}
	mount, err := mountContaining(mountPoint)
	if err != nil {
		return nil, fmt.Errorf("find the mount of %q: %w", boundedPath(mountPoint), err)
	}
	number := deviceNumberOfMount(mount)
	if number == "" {
		return nil, nil
	}
	chain, err := sysfs("/sys").chain(number)
	if err != nil {
		return nil, err
	}
	return sysfs("/sys").withPartitions(chain[len(chain)-1])
}

// withPartitions lists a disk and what is cut from it.
func (s sysfs) withPartitions(disk blockDevice) ([]blockDevice, error) {
	folder, err := filepath.EvalSymlinks(filepath.Join(string(s), "dev/block", disk.MajorMinor))
	if err != nil {
		return nil, err
	}
	devices := []blockDevice{disk}
	entries, err := readDirectoryBounded(folder, 4096)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		partition := filepath.Join(folder, entry.Name())
		if fileExists(filepath.Join(partition, "partition")) && len(devices) < maxDevicesPerChain {
			devices = append(devices, describeDevice(partition, folder, attribute(partition, "dev"), roleNamed))
		}
	}
	return devices, nil
}

// mountAndWrite mounts what is on a device, writable, and makes a file there.
func (c container) mountAndWrite(device blockDevice) {
	for _, fstype := range diskFileSystems {
		err := unix.Mount(device.Node, "/mnt", fstype, unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
		target := fmt.Sprintf("%s %s as %s", device.Node, device.PartitionLabel, fstype)
		switch {
		case err == nil:
			c.tried("mount-device", target, canCreateIn("/mnt"))
			_ = unix.Unmount("/mnt", unix.UMOUNT_NOFOLLOW)
			return
		case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
			// The kernel looks at the device before it looks at what is on it.
			c.tried("mount-device", target, err)
			return
		}
	}
}

func opensForWriting(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_ = file.Close()
	}
	return err
}

func parseDeviceNumber(majorMinor string) (int, error) {
	var major, minor uint32
	if _, err := fmt.Sscanf(strings.TrimSpace(majorMinor), "%d:%d", &major, &minor); err != nil {
		return 0, fmt.Errorf("%q is no device number: %w", boundedText(majorMinor, 32), err)
	}
	return int(unix.Mkdev(major, minor)), nil
}

// errno of the write, or of what kept it from being tried.
func (a blockAttempt) errno() string {
	if a.Outcome == Succeeded {
		return ""
	}
	for _, errno := range []string{a.Direct.Errno, a.Buffered.Errno, a.OpenErrno} {
		if errno != "" {
			return errno
		}
	}
	return boundedText(a.Detail, 200)
}
