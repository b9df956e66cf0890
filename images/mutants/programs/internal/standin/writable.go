package standin

import (
	"fmt"
	"runtime"
	"syscall"
)

// MakeWritable mounts a file system for writing, for this process alone; the thread must be the one that goes on.
func MakeWritable(path string) error {
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make private: %w", err)
	}
	if err := syscall.Mount(path, path, "", syscall.MS_REMOUNT|syscall.MS_SILENT, ""); err != nil {
		return fmt.Errorf("remount %s: %w", path, err)
	}
	return nil
}
