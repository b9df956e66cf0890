// Command kill-pods kills all that the kubelet runs, as a unit may do that takes the pods for its own.
package main

import (
	"fmt"
	"os"
)

// A 1 kills every process in the cgroup and below it (Documentation/admin-guide/cgroup-v2.rst).
const kill = "/sys/fs/cgroup/kubepods.slice/cgroup.kill"

func main() {
	if err := os.WriteFile(kill, []byte("1"), 0); err != nil {
		fmt.Fprintln(os.Stderr, "kill-pods:", err)
		os.Exit(1)
	}
}
