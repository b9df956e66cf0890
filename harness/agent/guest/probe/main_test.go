package probe

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const privateMountsVariable = "BOOTWRIGHT_TEST_PRIVATE_MOUNTS"

// TestMain runs the tests in a mount namespace of their own, so that no mount of theirs touches the host. The whole
// process moves, because probes start threads that would not inherit one thread's namespace.
func TestMain(m *testing.M) {
	if os.Getenv(privateMountsVariable) != "" {
		os.Exit(m.Run())
	}
	command := exec.Command("/proc/self/exe", os.Args[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Env = append(os.Environ(), privateMountsVariable+"=yes")
	command.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		os.Exit(0)
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode())
	}
	fmt.Fprintln(os.Stderr, "no private mount namespace, tests that mount are skipped:", err)
	_ = os.Setenv(privateMountsVariable, "no")
	os.Exit(m.Run())
}

func needMounts(t *testing.T) {
	t.Helper()
	if os.Getenv(privateMountsVariable) != "yes" || os.Geteuid() != 0 {
		t.Skip("needs root and a private mount namespace")
	}
}

// mountTmpfs mounts a fresh tmpfs with one file in it, then adds flags by a remount.
func mountTmpfs(t *testing.T, flags uintptr) string {
	t.Helper()
	needMounts(t)
	directory := t.TempDir()
	must(t, unix.Mount("tmpfs", directory, "tmpfs", 0, "size=1m"))
	t.Cleanup(func() { _ = unix.Unmount(directory, unix.MNT_DETACH) })
	must(t, os.WriteFile(directory+"/file", []byte("content"), 0o644))
	if flags != 0 {
		must(t, unix.Mount("", directory, "", unix.MS_REMOUNT|flags, "size=1m"))
	}
	return directory
}

// bindReadOnly covers a directory of a writable file system with a read-only bind mount: its superblock stays writable.
func bindReadOnly(t *testing.T, from, to string) {
	t.Helper()
	must(t, unix.Mount(from, to, "", unix.MS_BIND, ""))
	t.Cleanup(func() { _ = unix.Unmount(to, unix.MNT_DETACH) })
	must(t, unix.Mount("", to, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// runProbe goes the way the agent goes: name and JSON in.
func runProbe[Output any](t *testing.T, name, input string) Output {
	t.Helper()
	result, err := Run(t.Context(), name, []byte(input))
	must(t, err)
	output, ok := result.(Output)
	if !ok {
		t.Fatalf("probe %s gave a %T", name, result)
	}
	return output
}

func expectEqual[Value comparable](t *testing.T, what string, got, want Value) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// namesIn lists a directory, to show that a probe left nothing.
func namesIn(t *testing.T, directory string) string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	must(t, err)
	names := ""
	for _, entry := range entries {
		names += entry.Name() + " "
	}
	return names
}
