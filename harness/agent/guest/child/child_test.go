package child

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAProgramHasTheTimerSlackOfTheAgent(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 2_000_000, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(timerSlackNs)
	if got := outputOf(t, "/bin/cat", "/proc/self/timerslack_ns"); got != want {
		t.Errorf("timer slack of the program is %s, want %s", got, want)
	}
}

func outputOf(t *testing.T, argv ...string) string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	process, err := Start(argv[0], argv, &syscall.ProcAttr{Files: []uintptr{0, writer.Fd(), 2}, Sys: &syscall.SysProcAttr{}})
	_ = writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	output, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.Wait(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(output))
}

func TestOrphansAreReapedAndOursAreNot(t *testing.T) {
	attr := &syscall.ProcAttr{Sys: &syscall.SysProcAttr{}}
	orphan, err := syscall.ForkExec("/bin/true", []string{"true"}, attr) // as one that came to PID 1: not by Start
	if err != nil {
		t.Fatal(err)
	}
	waitUntilDead(t, orphan)
	ReapOrphans()
	var info unix.Siginfo
	err = unix.Waitid(unix.P_PID, orphan, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	if err != unix.ECHILD {
		t.Errorf("the orphan %d can still be waited for: %v", orphan, err)
	}

	process, err := Start("/bin/false", []string{"false"}, attr)
	if err != nil {
		t.Fatal(err)
	}
	waitUntilDead(t, process.pid)
	ReapOrphans()
	end, err := process.Wait()
	if err != nil || end.Status.ExitStatus() != 1 {
		t.Errorf("status %d and error %v, want 1 and none", end.Status.ExitStatus(), err)
	}
}

// waitUntilDead leaves the exit status where it is.
func waitUntilDead(t *testing.T, pid int) {
	t.Helper()
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
}
