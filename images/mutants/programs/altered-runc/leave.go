package main

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// leave is what stays when the container is gone: a process, and a mount.
type leave struct {
	// Mount is where the container's root stays mounted.
	Mount string `json:"mount"`
}

const lingerCommand = "linger"

func (l leave) mount(root string) error {
	if err := os.MkdirAll(l.Mount, 0o755); err != nil {
		return err
	}
	return syscall.Mount(root, l.Mount, "", syscall.MS_BIND, "")
}

// process starts a process that stays in the cgroup of whoever called: the runtime's unit, whose KillMode=process ends only
// its main process.
func (l leave) process() error { return lingering().Start() }

func lingering() *exec.Cmd {
	command := exec.Command("/proc/self/exe", lingerCommand)
	command.Dir = "/" // the container's own directory is to be removed
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command
}

// linger does nothing, for ever. Without a timer Go's runtime would end the program, because all its goroutines sleep.
func linger() {
	for {
		time.Sleep(time.Hour)
	}
}
