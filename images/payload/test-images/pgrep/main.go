// Command pgrep prints the ids of processes whose name matches a pattern, as procps does without options: the name is the
// kernel's (/proc/PID/comm), and pgrep itself is never one of them. Debian's busybox has no such applet.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "Usage: pgrep PATTERN")
		os.Exit(2)
	}
	pattern, err := regexp.Compile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgrep:", err)
		os.Exit(2)
	}
	found := matching("/proc", pattern, os.Getpid())
	for _, pid := range found {
		fmt.Println(pid)
	}
	if len(found) == 0 {
		os.Exit(1)
	}
}

func matching(proc string, pattern *regexp.Regexp, self int) []int {
	paths, _ := filepath.Glob(filepath.Join(proc, "[0-9]*", "comm"))
	var pids []int
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || pid == self {
			continue
		}
		// One that has ended in the meantime has no name any more.
		name, err := os.ReadFile(path)
		if err == nil && pattern.MatchString(strings.TrimSuffix(string(name), "\n")) {
			pids = append(pids, pid)
		}
	}
	sort.Ints(pids)
	return pids
}
