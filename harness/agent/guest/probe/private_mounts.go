package probe

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inPrivateMounts runs work on a thread of its own in a copy of the mount namespace, whose mounts send nothing back.
// The thread ends with the work, and the copy with the thread. Superblocks stay shared with everybody.
func inPrivateMounts(work func() error) error {
	done := make(chan error, 1)
	go func() { done <- onDisposableThread(work) }()
	return <-done
}

// onDisposableThread leaves the thread locked, so that the Go runtime ends it with the goroutine. The main thread
// cannot end, and /proc/self shows its namespace: from there the work moves on to another thread.
func onDisposableThread(work func() error) error {
	runtime.LockOSThread()
	if unix.Gettid() == os.Getpid() {
		defer runtime.UnlockOSThread()
		return inPrivateMounts(work)
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("unshare(CLONE_NEWNS): %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make all mounts private: %w", err)
	}
	return guarded(work)
}

func guarded(work func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the probe panicked: %v", cause)
		}
	}()
	return work()
}
