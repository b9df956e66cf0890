package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

type triedFeature struct {
	Name string `json:"name"`
	// Why it does not work; empty when it does.
	Error string `json:"error"`
}

type triedFeatures struct {
	Features []triedFeature `json:"features"`
}

// What a container needs of the kernel, by what is done to see whether it is there.
var features = map[string]func() error{
	"overlay":        tryOverlay,
	"user-namespace": tryUserNamespace,
	"seccomp-filter": trySeccompFilter,
	"veth":           func() error { return newLink("veth", "bootwright0") },
	"bridge":         func() error { return newLink("bridge", "bootwright1") },
	"nf-tables":      newTable,
	// A kubelet learns from it what was killed for want of memory.
	"kmsg": readKernelLog,
}

// Tries each feature where nothing of it stays: in namespaces of a thread that ends with it.
func tryKernel(ctx context.Context, _ *runtime, names []string) (any, error) {
	tried := triedFeatures{Features: []triedFeature{}}
	for _, name := range names {
		try, isKnown := features[name]
		if !isKnown {
			return nil, fmt.Errorf("%q is no feature that can be tried", name)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		said := ""
		if err := apart(try); err != nil {
			said = err.Error()
		}
		tried.Features = append(tried.Features, triedFeature{name, said})
	}
	return tried, nil
}

func apart(try func() error) error {
	result := make(chan error, 1)
	go func() {
		// Never unlocked: Go ends the thread with the goroutine, and its namespaces go with it.
		goruntime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("namespaces of its own: %w", err)
			return
		}
		result <- try()
	}()
	return <-result
}

func tryOverlay() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	base, err := os.MkdirTemp("/run", "bootwright-overlay-")
	if err != nil {
		return err
	}
	defer os.Remove(base)
	if err := unix.Mount("tmpfs", base, "tmpfs", 0, "size=1m"); err != nil {
		return fmt.Errorf("tmpfs: %w", err)
	}
	defer func() { _ = unix.Unmount(base, unix.MNT_DETACH) }()
	at := func(name string) string { return filepath.Join(base, name) }
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(at("lower/file"), []byte("lower"), 0o644); err != nil {
		return err
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", at("lower"), at("upper"), at("work"))
	if err := unix.Mount("overlay", at("merged"), "overlay", 0, options); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	if err := os.WriteFile(at("merged/file"), []byte("upper"), 0o644); err != nil {
		return err
	}
	above, _ := os.ReadFile(at("upper/file"))
	below, _ := os.ReadFile(at("lower/file"))
	if string(above) != "upper" || string(below) != "lower" {
		return fmt.Errorf("a written file is %q above and %q below", above, below)
	}
	return nil
}

// The program itself, without arguments, in a user namespace in which it is root.
func tryUserNamespace() error {
	command := exec.Command("/proc/self/exe")
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 100_000, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 100_000, Size: 1}},
	}
	var ended *exec.ExitError
	// It ends with how it is used: that it ran is what counts.
	if err := command.Run(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}

// A filter that refuses one system call with an error of its own, and no other.
func trySeccompFilter() error {
	const refusal = unix.EOWNERDEAD
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the call's number (struct seccomp_data)
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_PERSONALITY, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(refusal)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program))); errno != 0 {
		return fmt.Errorf("filter: %w", errno)
	}
	if _, _, errno := unix.Syscall(unix.SYS_PERSONALITY, 0xffffffff, 0, 0); errno != refusal {
		return fmt.Errorf("a call that the filter refuses ended with %v", errno)
	}
	return nil
}

func readKernelLog() error {
	log, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(log)
	// A line is at most that long (CONSOLE_EXT_LOG_MAX in the kernel's kernel/printk).
	const maxLine = 8192
	size, err := unix.Read(log, make([]byte, maxLine))
	if err == nil && size == 0 {
		return errors.New("it is empty")
	}
	return err
}
