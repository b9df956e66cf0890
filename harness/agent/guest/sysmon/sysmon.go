// Package sysmon quiets a thread of Go's runtime.
package sysmon

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// restNs is how much later than asked for the thread may wake: also how long a goroutine may have to wait for the only
// processor of another that is in a system call.
const restNs = 2_000_000

// Rest lets the kernel wake Go's monitor thread late. That thread naps for 20 µs at a time while any goroutine runs
// (runtime/proc.go, sysmon), and each nap ends in a timer interrupt and two context switches: exec of a no-op took
// 12 ms in an emulated guest with one processor, and takes 8 (measured 2026-11-22). Call it where /proc is mounted.
// Programs do not inherit it: see package child.
func Rest() error {
	id, err := threadID()
	if err != nil {
		return err
	}
	// prctl(2) has no way to reach another thread.
	return os.WriteFile("/proc/"+strconv.Itoa(id)+"/timerslack_ns", []byte(strconv.Itoa(restNs)), 0)
}

// threadID is that of the first thread which the runtime starts beside the main one.
func threadID() (int, error) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0, err
	}
	first := 0
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err == nil && id != os.Getpid() && (first == 0 || id < first) {
			first = id
		}
	}
	if first == 0 {
		return 0, unix.ESRCH
	}
	return first, nil
}
