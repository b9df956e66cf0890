package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const maxDevicesPerChain = 32

// blockDevice is one link in the chain that holds a file system: the device that was named, the whole disk that a
// partition is cut from, or what a device-mapper, loop or RAID device is built on.
type blockDevice struct {
	Node           string `json:"node"`
	MajorMinor     string `json:"majorMinor"`
	Role           string `json:"role"`
	Serial         string `json:"serial,omitempty"`
	PartitionLabel string `json:"partitionLabel,omitempty"`
	// ReadOnlyFlag is sysfs' `ro`: reported, never a verdict.
	ReadOnlyFlag bool   `json:"readOnlyFlag"`
	DMName       string `json:"dmName,omitempty"`
}

const (
	roleNamed      = "named"
	roleWholeDisk  = "whole-disk"
	roleUnderlying = "underlying"
)

// sysfs is where the block devices are described; tests point it at a made-up tree.
type sysfs string

// chain lists the device and everything below it, each once.
func (s sysfs) chain(majorMinor string) ([]blockDevice, error) {
	var devices []blockDevice
	seen := map[string]bool{}
	if err := s.appendChain(&devices, seen, majorMinor, roleNamed); err != nil {
		return nil, err
	}
	return devices, nil
}

func (s sysfs) appendChain(devices *[]blockDevice, seen map[string]bool, majorMinor, role string) error {
	if seen[majorMinor] || len(*devices) >= maxDevicesPerChain {
		return nil
	}
	seen[majorMinor] = true
	folder, err := filepath.EvalSymlinks(filepath.Join(string(s), "dev/block", majorMinor))
	if err != nil {
		return fmt.Errorf("block device %s is not in sysfs: %w", majorMinor, err)
	}
	disk := folder
	isPartition := fileExists(filepath.Join(folder, "partition"))
	if isPartition {
		disk = filepath.Dir(folder)
	}
	*devices = append(*devices, describeDevice(folder, disk, majorMinor, role))
	if isPartition {
		if err := s.appendChain(devices, seen, attribute(disk, "dev"), roleWholeDisk); err != nil {
			return err
		}
	}
	slaves, _ := os.ReadDir(filepath.Join(folder, "slaves")) // absent on partitions
	for _, slave := range slaves {
		below := attribute(filepath.Join(folder, "slaves", slave.Name()), "dev")
		if err := s.appendChain(devices, seen, below, roleUnderlying); err != nil {
			return err
		}
	}
	return nil
}

func describeDevice(folder, disk, majorMinor, role string) blockDevice {
	events := keyValues(attribute(folder, "uevent"))
	name := events["DEVNAME"]
	if name == "" {
		name = filepath.Base(folder)
	}
	serial := attribute(disk, "serial") // virtio-blk
	if serial == "" {
		serial = attribute(disk, "device/serial") // NVMe, SCSI with a serial attribute
	}
	return blockDevice{
		Node:           "/dev/" + name,
		MajorMinor:     majorMinor,
		Role:           role,
		Serial:         serial,
		PartitionLabel: boundedText(events["PARTNAME"], 256),
		ReadOnlyFlag:   attribute(folder, "ro") == "1",
		DMName:         attribute(folder, "dm/name"),
	}
}

func attribute(folder, name string) string {
	text, err := readBounded(filepath.Join(folder, name), 4096)
	if err != nil {
		return ""
	}
	return boundedText(strings.TrimSpace(text), 1024)
}

func keyValues(text string) map[string]string {
	values := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if key, value, found := strings.Cut(line, "="); found {
			values[key] = value
		}
	}
	return values
}

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// deviceNumberOfMount gives the major:minor of the block device behind a mount, or "" where there is none.
// btrfs reports an anonymous device number, so there the source node decides.
func deviceNumberOfMount(mount mountEntry) string {
	if !strings.HasPrefix(mount.majorMinor, "0:") {
		return mount.majorMinor
	}
	if !strings.HasPrefix(mount.source, "/dev/") {
		return ""
	}
	number, err := deviceNumberOfNode(mount.source)
	if err != nil {
		return ""
	}
	return number
}

func deviceNumberOfNode(node string) (string, error) {
	var stat unix.Stat_t
	if err := retryInterrupted(func() error { return unix.Stat(node, &stat) }); err != nil {
		return "", err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFBLK {
		return "", unix.ENOTBLK
	}
	return formatDeviceNumber(stat.Rdev), nil
}

func formatDeviceNumber(number uint64) string {
	return fmt.Sprintf("%d:%d", unix.Major(number), unix.Minor(number))
}
