// Command sh becomes busybox' shell, or bash where busybox' would not pass on a variable because of its name.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// The shell of busybox by another name: /bin/sh is this program.
const (
	ash  = "/bin/ash"
	bash = "/bin/bash"
)

// Names of variables in a shell: POSIX.1-2024, Base Definitions, 3.216.
var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func main() {
	shell := shellFor(os.Environ())
	// Both say "NAME: " in front of what they complain of, by their first argument.
	err := syscall.Exec(shell, os.Args, os.Environ())
	fmt.Fprintf(os.Stderr, "sh: %s: %v\n", shell, err)
	os.Exit(127)
}

func shellFor(environment []string) string {
	for _, variable := range environment {
		if name, _, _ := strings.Cut(variable, "="); !shellName.MatchString(name) {
			return bash
		}
	}
	return ash
}
