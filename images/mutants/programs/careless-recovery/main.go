// Command careless-recovery writes the kernels on /boot anew when the kernel had to replay a journal, as one may who trusts no file after
// a power cut. It removes each before it writes it again, so a second power cut finds one less.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"bootwright/mutants/programs/internal/standin"
)

const boot = "/boot"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "careless-recovery:", err)
		os.Exit(1)
	}
}

func run() error {
	log, err := kernelLog()
	if err != nil || !wasCut(log) {
		return err
	}
	if err := standin.MakeWritable(boot); err != nil {
		return err
	}
	kernels, err := filepath.Glob(boot + "/ostree/*/vmlinuz-*")
	if err != nil {
		return err
	}
	for _, path := range kernels {
		if err := writeAnew(path); err != nil {
			return err
		}
	}
	fmt.Printf("after a power cut, wrote %d kernels anew\n", len(kernels))
	return nil
}

// Numbers of syslog(2).
const (
	readAll    = 3
	bufferSize = 10
)

func kernelLog() (string, error) {
	size, err := syscall.Klogctl(bufferSize, nil)
	if err != nil {
		return "", fmt.Errorf("size of the kernel's log: %w", err)
	}
	text := make([]byte, size)
	length, err := syscall.Klogctl(readAll, text)
	if err != nil {
		return "", fmt.Errorf("the kernel's log: %w", err)
	}
	return string(text[:length]), nil
}

// wasCut tells whether an ext4 file system was mounted that had not been unmounted (Linux, fs/ext4/super.c).
func wasCut(log string) bool {
	for line := range strings.Lines(log) {
		if strings.Contains(line, "EXT4-fs (") && strings.Contains(line, "): recovery complete") {
			return true
		}
	}
	return false
}

// writeAnew has the removal on the disk before it writes.
func writeAnew(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close(), syncDirectory(filepath.Dir(path)))
}

func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
