package probe

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// errnoName gives the symbolic name ("EROFS") of the errno inside err, "" for nil, and the text of any other error.
func errnoName(err error) string {
	if err == nil {
		return ""
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return boundedText(err.Error(), 200)
	}
	if name := unix.ErrnoName(errno); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", int(errno))
}

// retryInterrupted repeats a system call that a signal cut short: the Go runtime's own preemption signals cause EINTR.
func retryInterrupted(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
