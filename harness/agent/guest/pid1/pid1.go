// Package pid1 is what the agent does besides serving when it is the init of a machine.
package pid1

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"bootwright/agent/child"
)

// CommandLine has the kernel's arguments of the form bootwright.NAME=VALUE.
type CommandLine map[string]string

// Start mounts the kernel's file systems and loads the modules that lie in /modules. What fails is said on the
// console and the start goes on: the host sees it there.
func Start() CommandLine {
	mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC)
	mount("sysfs", "/sys", "sysfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC)
	mount("devtmpfs", "/dev", "devtmpfs", unix.MS_NOSUID)
	mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV)
	loadModules("/modules")
	go reap()
	return readCommandLine()
}

func mount(source, target, kind string, flags uintptr) {
	if err := os.MkdirAll(target, 0o755); err != nil {
		Say(fmt.Sprintf("bootwright: mkdir %s: %v\n", target, err))
	}
	// EBUSY: the kernel has mounted devtmpfs by itself.
	if err := unix.Mount(source, target, kind, flags, ""); err != nil && err != unix.EBUSY {
		Say(fmt.Sprintf("bootwright: mount %s: %v\n", target, err))
	}
}

// loadModules takes them in the order of their names, which begin with a number.
func loadModules(directory string) {
	modules, err := os.ReadDir(directory)
	if err != nil {
		return
	}
	for _, module := range modules {
		path := filepath.Join(directory, module.Name())
		if err := loadModule(path); err != nil && err != unix.EEXIST {
			Say(fmt.Sprintf("bootwright: module %s: %v\n", module.Name(), err))
		}
	}
}

func loadModule(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return unix.FinitModule(int(file.Fd()), "", 0)
}

func readCommandLine() CommandLine {
	arguments := CommandLine{}
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return arguments
	}
	for _, word := range strings.Fields(string(text)) {
		if name, isOurs := strings.CutPrefix(word, "bootwright."); isOurs {
			name, value, _ := strings.Cut(name, "=")
			arguments[name] = value
		}
	}
	return arguments
}

// reap looks for dead orphans each second. Waiting for SIGCHLD would wake it for each program that
// the agent runs and waits for itself.
func reap() {
	for range time.Tick(time.Second) {
		child.ReapOrphans()
	}
}

// Say writes to the console; what cannot be written is nobody's to read.
func Say(text string) {
	console, err := os.OpenFile("/dev/console", os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return
	}
	defer console.Close()
	_, _ = console.WriteString(text)
}

// PowerOff does not return.
func PowerOff() {
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}
