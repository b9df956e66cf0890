// Command ipcmk makes a shared memory segment, as util-linux' does, for critest on nodes without one.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// Of linux/ipc.h.
const (
	ipcPrivate = 0
	ipcCreate  = 0o1000
)

func main() {
	if len(os.Args) != 3 || os.Args[1] != "-M" {
		fmt.Fprintln(os.Stderr, "Usage: ipcmk -M SIZE")
		os.Exit(2)
	}
	size, err := strconv.ParseUint(os.Args[2], 10, 31)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipcmk:", err)
		os.Exit(2)
	}
	id, _, errno := syscall.Syscall(syscall.SYS_SHMGET, ipcPrivate, uintptr(size), ipcCreate|0o644)
	if errno != 0 {
		fmt.Fprintln(os.Stderr, "ipcmk:", errno)
		os.Exit(1)
	}
	fmt.Printf("Shared memory id: %d\n", id)
}
