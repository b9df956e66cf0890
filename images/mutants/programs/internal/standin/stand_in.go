// Package standin is what programs share that stand in place of an image's own and do harm.
package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The programs that were there before, and what harm is done, which faults.json says.
const directory = "/usr/lib/mutant"

// Main runs a program and ends with the exit code of the real one where that failed.
func Main(name string, run func(args []string) error) {
	err := run(os.Args[1:])
	if err == nil {
		return
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		os.Exit(ended.ExitCode())
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	os.Exit(1)
}

// Read takes what harm is done into faults.
func Read(faults any) error {
	text, err := os.ReadFile(filepath.Join(directory, "faults.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, faults)
}

// RunReal runs the program that this one stands in place of.
func RunReal(name string, args []string) error {
	real := exec.Command(filepath.Join(directory, name), args...)
	real.Stdout, real.Stderr = os.Stdout, os.Stderr
	return real.Run()
}

// Hoard leaves a file of that size in a directory, each time another.
func Hoard(path string, sizeMiB int) error {
	if sizeMiB == 0 {
		return nil
	}
	file, err := os.CreateTemp(path, "hoard-")
	if err != nil {
		return err
	}
	piece := []byte(strings.Repeat("hoarded ", 1<<17))
	for range sizeMiB {
		if _, err := file.Write(piece); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return file.Close()
}
