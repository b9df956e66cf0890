package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

const markBytes = 4096

type writeMarkInput struct {
	// Device or Serial (of a virtio disk): exactly one of them.
	Device string `json:"device"`
	Serial string `json:"serial"`
	// OffsetBytes is a multiple of 4096.
	OffsetBytes int64 `json:"offsetBytes"`
	// Text of at most 4095 bytes; zeroes fill the block.
	Text string `json:"text"`
}

type writeMarkOutput struct {
	Device string `json:"device"`
	Step   string `json:"step"`
	Errno  string `json:"errno"`
}

// runWriteMark writes a block of text to a disk, past every cache and without a flush: a host that records the disk's
// writes finds it in their order. The offset must be one that nobody uses, which the host knows from the image.
func runWriteMark(_ context.Context, input writeMarkInput) (writeMarkOutput, error) {
	if err := checkWriteMarkInput(input); err != nil {
		return writeMarkOutput{}, err
	}
	node := input.Device
	if node == "" {
		var err error
		if node, err = sysfs("/sys").nodeOfSerial(input.Serial); err != nil {
			return writeMarkOutput{}, err
		}
	}
	output := writeMarkOutput{Device: boundedPath(node)}
	output.Step, output.Errno = writeMark(node, input)
	return output, nil
}

func checkWriteMarkInput(input writeMarkInput) error {
	if (input.Device == "") == (input.Serial == "") {
		return errors.New("exactly one of device and serial must be given")
	}
	if input.Device != "" {
		if err := checkAbsolute("device", input.Device); err != nil {
			return err
		}
	}
	if input.OffsetBytes < 0 || input.OffsetBytes%markBytes != 0 {
		return fmt.Errorf("offsetBytes %d is not a multiple of %d from 0 on", input.OffsetBytes, markBytes)
	}
	if input.Text == "" || len(input.Text) >= markBytes {
		return fmt.Errorf("text must have 1 to %d bytes, got %d", markBytes-1, len(input.Text))
	}
	return nil
}

// nodeOfSerial finds a whole disk by the serial that virtio-blk shows.
func (s sysfs) nodeOfSerial(serial string) (string, error) {
	disks, err := os.ReadDir(filepath.Join(string(s), "block"))
	if err != nil {
		return "", fmt.Errorf("list the disks: %w", err)
	}
	for _, disk := range disks {
		if attribute(filepath.Join(string(s), "block", disk.Name()), "serial") == serial {
			return "/dev/" + disk.Name(), nil
		}
	}
	return "", fmt.Errorf("no disk has the serial %q", boundedText(serial, 64))
}

// markedDevices stay open while the agent lives: closing a device that was open for writing makes udev read its partitions
// again, in the midst of what is being watched (systemd src/udev/udev-watch.c).
var markedDevices sync.Map

// writeMark gives the step that failed and its errno, or "done" and "".
func writeMark(node string, input writeMarkInput) (step, errno string) {
	known, isOpen := markedDevices.Load(node)
	if !isOpen {
		file, err := openForMarks(node)
		if err != nil {
			return "open-direct", errnoName(err)
		}
		markedDevices.Store(node, file)
		known = file
	}
	if err := writeBlock(known.(int), input.OffsetBytes, input.Text); err != nil {
		return "pwrite", errnoName(err)
	}
	return "done", ""
}

func openForMarks(node string) (int, error) {
	number, err := deviceNumberOfNode(node)
	if err != nil {
		return -1, err
	}
	return openDevice(blockDevice{Node: node, MajorMinor: number}, unix.O_WRONLY|unix.O_DIRECT)
}

func writeBlock(file int, offset int64, text string) error {
	block := alignedBuffer(markBytes)
	copy(block, text)
	var written int
	err := retryInterrupted(func() (err error) {
		written, err = unix.Pwrite(file, block, offset)
		return err
	})
	if err == nil && written != markBytes {
		err = fmt.Errorf("short write: %d of %d bytes", written, markBytes)
	}
	return err
}
