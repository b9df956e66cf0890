package probe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	maxProcesses = 8192
	flagKThread  = 0x00200000 // PF_KTHREAD, include/linux/sched.h
)

type processesInput struct{}

type processesOutput struct {
	// Processes of the guest, without threads of the kernel.
	Processes []process `json:"processes"`
	Truncated bool      `json:"truncated"`
}

type process struct {
	PID     int    `json:"pid"`
	PPID    int    `json:"ppid"`
	Name    string `json:"name"`
	Session int    `json:"session"`
	// Terminal is the device number of the controlling terminal, 0 for none.
	Terminal int `json:"terminal"`
	// Stdin is what standard input is, when it is a terminal; else "".
	Stdin  string `json:"stdin"`
	RSSKiB int64  `json:"rssKiB"`
	// StartedMs is when it was started, since the kernel was, in steps of 10 ms.
	StartedMs int64 `json:"startedMs"`
	// Cgroup is its place in the hierarchy of cgroup v2; "" without one.
	Cgroup string `json:"cgroup"`
	// Namespaces by kind, as in "mnt:[4026531841]"; without those that cannot be read.
	Namespaces map[string]string `json:"namespaces"`
}

// namespaceKinds tell a container's processes from the host's.
var namespaceKinds = []string{"mnt", "net", "pid"}

func runProcesses(_ context.Context, _ processesInput) (processesOutput, error) {
	output := processesOutput{Processes: []process{}}
	entries, err := readDirectoryBounded("/proc", maxProcesses)
	if err != nil {
		return processesOutput{}, fmt.Errorf("list /proc: %w", err)
	}
	output.Truncated = len(entries) >= maxProcesses
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		// A process may end while it is looked at.
		if seen, isProgram := readProcess(pid); isProgram {
			output.Processes = append(output.Processes, seen)
		}
	}
	return output, nil
}

func readProcess(pid int) (process, bool) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := readBounded(filepath.Join(folder, "stat"), 4096)
	if err != nil {
		return process{}, false
	}
	seen, flags, ok := parseProcessStat(stat)
	if !ok || flags&flagKThread != 0 {
		return process{}, false
	}
	if target, err := os.Readlink(filepath.Join(folder, "fd/0")); err == nil && isTerminal(target) {
		seen.Stdin = boundedPath(target)
	}
	if cgroups, err := readBounded(filepath.Join(folder, "cgroup"), 64<<10); err == nil {
		seen.Cgroup = unifiedCgroup(cgroups)
	}
	seen.Namespaces = map[string]string{}
	for _, kind := range namespaceKinds {
		if name, err := os.Readlink(filepath.Join(folder, "ns", kind)); err == nil {
			seen.Namespaces[kind] = boundedText(name, 64)
		}
	}
	return seen, true
}

// unifiedCgroup finds the line of hierarchy 0 (cgroups(7)).
func unifiedCgroup(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if path, isUnified := strings.CutPrefix(line, "0::"); isUnified {
			return boundedPath(path)
		}
	}
	return ""
}

// parseProcessStat reads the fields that proc_pid_stat(5) numbers 1, 2, 4, 6, 7, 9, 22 and 24. The name may hold anything, the
// closing bracket included, so the last one counts.
func parseProcessStat(stat string) (process, uint64, bool) {
	open, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return process{}, 0, false
	}
	fields := strings.Fields(stat[end+1:])
	if len(fields) < 22 {
		return process{}, 0, false
	}
	number := func(field int) int {
		value, _ := strconv.Atoi(fields[field-3])
		return value
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(stat[:open]))
	flags, _ := strconv.ParseUint(fields[9-3], 10, 64)
	return process{
		PID: pid, Name: boundedText(stat[open+1:end], 64), PPID: number(4), Session: number(6), Terminal: number(7),
		RSSKiB:    int64(number(24)) * int64(os.Getpagesize()) / 1024,
		StartedMs: int64(number(22)) * 1000 / ticksPerSecond,
	}, flags, true
}

func isTerminal(path string) bool {
	return strings.HasPrefix(path, "/dev/tty") || strings.HasPrefix(path, "/dev/pts/") || path == "/dev/console"
}
