package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

func printText(arguments []string) error {
	fmt.Println(strings.Join(arguments, " "))
	return nil
}

func exit(arguments []string) error {
	code, err := number(arguments)
	if err != nil {
		return err
	}
	os.Exit(code)
	return nil
}

// eat uses memory, page by page, until it has that much or is killed.
func eat(arguments []string) error {
	mebibytes, err := number(arguments)
	if err != nil {
		return err
	}
	told := endSignal()
	const mebibyte = 1 << 20
	var eaten [][]byte
	for range mebibytes {
		piece := make([]byte, mebibyte)
		for at := 0; at < mebibyte; at += os.Getpagesize() {
			piece[at] = 1
		}
		eaten = append(eaten, piece)
	}
	fmt.Printf("ate %d MiB\n", len(eaten))
	<-told
	return nil
}

// spawn has children that wait, and waits itself.
func spawn(arguments []string) error {
	count, err := number(arguments)
	if err != nil {
		return err
	}
	for range count {
		child := exec.Command("/proc/self/exe", "wait")
		if err := child.Start(); err != nil {
			return err
		}
	}
	return wait(nil)
}

// watch runs a subcommand in a child, and goes on whatever becomes of it.
func watch(arguments []string) error {
	child := exec.Command("/proc/self/exe", arguments...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	fmt.Printf("the child ended: %v\n", child.Run())
	return wait(nil)
}

// write makes the directory too: what is written where nothing is mounted is only in this container.
func write(arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("expected a path and a text, not %d arguments", len(arguments))
	}
	if err := os.MkdirAll(filepath.Dir(arguments[0]), 0o755); err != nil {
		return err
	}
	return os.WriteFile(arguments[0], []byte(arguments[1]), 0o644)
}

// absent fails when one of these is there: a probe whose outcome is decided from outside.
func absent(arguments []string) error {
	for _, path := range arguments {
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s is there", path)
		}
	}
	return nil
}

type read struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

// cat prints what is in files, as one JSON object by their paths.
func cat(arguments []string) error {
	found := map[string]read{}
	for _, path := range arguments {
		text, err := os.ReadFile(path)
		if err != nil {
			found[path] = read{Error: err.Error()}
		} else {
			found[path] = read{Text: string(text)}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func number(arguments []string) (int, error) {
	if len(arguments) != 1 {
		return 0, fmt.Errorf("expected one number, not %d arguments", len(arguments))
	}
	return strconv.Atoi(arguments[0])
}
