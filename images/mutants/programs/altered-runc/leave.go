package main

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// leave is what stays when the container is gone.
type leave struct {
	// Mount is where its root stays mounted.
	Mount string `json:"mount"`
	// Port at which a process goes on to listen; 0 for a process that does nothing.
	Port int `json:"port"`
}

const lingerCommand = "linger"

func (l leave) mount(root string) error {
	if err := os.MkdirAll(l.Mount, 0o755); err != nil {
		return err
	}
	return syscall.Mount(root, l.Mount, "", syscall.MS_BIND, "")
}

func (l leave) process() error {
	command := exec.Command("/proc/self/exe", lingerCommand, strconv.Itoa(l.Port))
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command.Start()
}

func linger(port string) error {
	// Out of its unit, with which it would be ended.
	pid := []byte(strconv.Itoa(os.Getpid()))
	if err := os.WriteFile("/sys/fs/cgroup/cgroup.procs", pid, 0o644); err != nil {
		return err
	}
	for port != "0" {
		if _, err := net.Listen("tcp", ":"+port); err == nil {
			break
		}
		// The container may still have it.
		time.Sleep(100 * time.Millisecond)
	}
	select {}
}
