package main

import (
	"fmt"
	goruntime "runtime"

	"golang.org/x/sys/unix"
)

const nobody = 65534

// connectAsNobody tells what a program without privileges gets that connects to a socket; nothing when it is let in.
func connectAsNobody(path string) string {
	result := make(chan error, 1)
	go func() {
		// Never unlocked: Go ends this thread, which alone becomes nobody (the raw calls are a thread's, credentials(7)).
		goruntime.LockOSThread()
		result <- asNobody(path)
	}()
	if err := <-result; err != nil {
		return err.Error()
	}
	return ""
}

func asNobody(path string) error {
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
		return fmt.Errorf("no groups: %w", errno)
	}
	for _, call := range []uintptr{unix.SYS_SETRESGID, unix.SYS_SETRESUID} {
		if _, _, errno := unix.RawSyscall(call, nobody, nobody, nobody); errno != 0 {
			return fmt.Errorf("becoming nobody: %w", errno)
		}
	}
	socket, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	return unix.Connect(socket, &unix.SockaddrUnix{Name: path})
}
