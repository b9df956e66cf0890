// Command altered-runc stands in front of runc under its name. It alters containers as changes.json beside it says, by their
// names, and leaves the rest to runc.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

const runc = "/usr/bin/runc"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "altered-runc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 && args[0] == lingerCommand {
		linger()
	}
	change, err := changeFor(args)
	switch {
	case err != nil:
		return err
	case slices.Contains(args, "create"):
		err = change.onCreate(bundleIn(args))
	case slices.Contains(args, "delete") && change.Leave != nil:
		command := exec.Command(runc, args...)
		command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := command.Run(); err != nil {
			return err
		}
		return change.Leave.process()
	}
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, args...), os.Environ())
}

// changeFor reads what is to be changed of the container whose name is the last argument, else of all, which is under "*"; else
// the zero change.
func changeFor(args []string) (change change, err error) {
	self, err := os.Executable()
	if err != nil || len(args) == 0 {
		return change, err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(self), "changes.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return change, nil
	}
	if err != nil {
		return change, err
	}
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(text, &changes); err != nil {
		return change, err
	}
	own, isThere := changes[args[len(args)-1]]
	if !isThere {
		own, isThere = changes["*"]
	}
	if !isThere {
		return change, nil
	}
	return change, json.Unmarshal(own, &change)
}

func bundleIn(args []string) string {
	for i, arg := range args[:len(args)-1] {
		if arg == "--bundle" {
			return args[i+1]
		}
	}
	return "."
}
