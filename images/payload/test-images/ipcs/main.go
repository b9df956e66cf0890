// Command ipcs lists the shared memory segments of its IPC namespace. Debian's busybox has no such applet.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 2 || len(os.Args) == 2 && os.Args[1] != "-m" {
		fmt.Fprintln(os.Stderr, "Usage: ipcs [-m]")
		os.Exit(2)
	}
	// The kernel's own table, with the headings key, shmid, perms, size and so on.
	table, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipcs:", err)
		os.Exit(1)
	}
	os.Stdout.Write(table)
}
