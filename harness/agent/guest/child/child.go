// Package child starts processes such that PID 1's reaping of orphans never takes the exit status of one of ours.
package child

import (
	"os/exec"
	"sync"

	"golang.org/x/sys/unix"
)

var (
	mu   sync.Mutex
	ours = map[int]bool{}
)

// Start is cmd.Start; the process must be waited for with Wait.
func Start(cmd *exec.Cmd) error {
	mu.Lock()
	defer mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	ours[cmd.Process.Pid] = true
	return nil
}

// Wait is cmd.Wait.
func Wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	mu.Lock()
	delete(ours, cmd.Process.Pid)
	mu.Unlock()
	return err
}

// ReapOrphans takes the exit status of every dead child that Start did not start. It stops at one that it did: the
// SIGCHLD after Wait, or the next one, goes on.
func ReapOrphans() {
	mu.Lock()
	defer mu.Unlock()
	for {
		var info unix.Siginfo
		if err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil); err != nil {
			return
		}
		pid := pidOf(&info)
		if pid == 0 || ours[pid] {
			return
		}
		var status unix.WaitStatus
		_, _ = unix.Wait4(pid, &status, unix.WNOHANG, nil)
	}
}
