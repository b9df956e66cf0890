package main

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
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
	if port != "0" {
		if _, err := net.Listen("tcp", ":"+port); err != nil {
			return err
		}
	}
	select {}
}
