// Command faulty-runc stands in front of runc under its name. It makes the faults that faults.json beside it lists, in every
// container, and leaves the rest to runc.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

const runc = "/usr/bin/runc"

// faults by the names of fields in config.json of the OCI runtime specification, where there is one.
type faults struct {
	DropSeccomp     bool     `json:"dropSeccomp"`
	AddCapabilities []string `json:"addCapabilities"`
	// DropLimits: none of processor and memory.
	DropLimits bool `json:"dropLimits"`
	// ReplaceArgs of a container's first process, and of programs that are run in it.
	ReplaceArgs map[string]string `json:"replaceArgs"`
	// HoldExec: whoever has a program run in a container gets no answer before that program's end.
	HoldExec bool `json:"holdExec"`
	// LeaveMount is a directory in which the root of each container stays mounted, under its id.
	LeaveMount string `json:"leaveMount"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "faulty-runc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(self), "faults.json"))
	if err != nil {
		return err
	}
	var made faults
	if err := json.Unmarshal(text, &made); err != nil {
		return err
	}
	switch {
	case slices.Contains(args, "create"):
		err = made.onCreate(valueOf(args, "--bundle"), args[len(args)-1])
	case slices.Contains(args, "exec"):
		if err = alter(valueOf(args, "--process"), made.inProcess); err == nil && made.HoldExec {
			return hold(args)
		}
	}
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, args...), os.Environ())
}

func (f faults) onCreate(bundle, id string) error {
	err := alter(filepath.Join(bundle, "config.json"), f.inContainer)
	if err != nil || f.LeaveMount == "" {
		return err
	}
	left := filepath.Join(f.LeaveMount, id)
	if err := os.MkdirAll(left, 0o755); err != nil {
		return err
	}
	return syscall.Mount(filepath.Join(bundle, "rootfs"), left, "", syscall.MS_BIND, "")
}

func valueOf(args []string, flag string) string {
	if at := slices.Index(args, flag); at >= 0 && at+1 < len(args) {
		return args[at+1]
	}
	return "."
}

// hold waits for the program too, once runc has started it.
func hold(args []string) error {
	command := exec.Command(runc, args...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return err
	}
	text, err := os.ReadFile(valueOf(args, "--pid-file"))
	if err != nil {
		return err
	}
	return waitFor(string(text))
}
