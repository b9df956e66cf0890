// The other side of the benchmark: the init of a guest that answers over the bare device, with no protocol at all.
// A module of its own, so that a change here does not rebuild the agent and every image that holds it.
//
// A request is one letter and a number (u64, little-endian):
//
//	s N  write N bytes from memory
//	e N  run /noop N times, one after the other; one byte after each
//
// Where the initramfs holds qemu-guest-agent, that is started beside it.
package main

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	for _, kind := range []string{"proc", "sysfs", "devtmpfs"} {
		target := map[string]string{"proc": "/proc", "sysfs": "/sys", "devtmpfs": "/dev"}[kind]
		_ = os.MkdirAll(target, 0o755)
		_ = syscall.Mount(kind, target, kind, 0, "")
	}
	device := open()
	startGuestAgent()
	say(device, "RAWPORT-READY\n")
	for {
		if err := answer(device); err != nil {
			time.Sleep(100 * time.Millisecond) // no host yet: a virtio port reads as ended then
		}
	}
}

func open() *os.File {
	line, _ := os.ReadFile("/proc/cmdline")
	if strings.Contains(string(line), "rawport=uart") {
		file, err := os.OpenFile("/dev/ttyS0", os.O_RDWR|syscall.O_NOCTTY, 0)
		if err == nil {
			makeRaw(file)
			return file
		}
	}
	file, err := os.OpenFile(port("bootwright.agent.0"), os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	return file
}

// port waits for the virtio-serial port of that name.
func port(wanted string) string {
	for {
		names, _ := filepath.Glob("/sys/class/virtio-ports/*/name")
		for _, path := range names {
			name, _ := os.ReadFile(path)
			if strings.TrimSpace(string(name)) == wanted {
				return filepath.Join("/dev", filepath.Base(filepath.Dir(path)))
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// startGuestAgent starts qemu-guest-agent where the initramfs has it, on a port of its own.
func startGuestAgent() {
	const program = "/usr/sbin/qemu-ga"
	if _, err := os.Stat(program); err != nil {
		return
	}
	argv := []string{program, "-m", "virtio-serial", "-p", port("org.qemu.guest_agent.0"), "-t", "/run"}
	_, _ = syscall.ForkExec(program, argv, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
}

func answer(device *os.File) error {
	var request [9]byte
	if _, err := io.ReadFull(device, request[:]); err != nil {
		return err
	}
	count := int(binary.LittleEndian.Uint64(request[1:]))
	switch request[0] {
	case 's':
		send(device, count)
	case 'e':
		for range count {
			run("/noop")
			say(device, "x")
		}
	}
	return nil
}

var zeros [1 << 20]byte

func send(device *os.File, count int) {
	for count > 0 {
		n, err := device.Write(zeros[:min(count, len(zeros))])
		if err != nil {
			return
		}
		count -= n
	}
}

func run(path string) {
	pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{})
	if err == nil {
		_, _ = syscall.Wait4(pid, nil, 0, nil)
	}
}

func say(device *os.File, text string) { _, _ = device.WriteString(text) }

func makeRaw(file *os.File) {
	var t syscall.Termios
	call := func(request uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), request, uintptr(unsafe.Pointer(&t)))
	}
	call(syscall.TCGETS)
	t.Iflag &^= syscall.IGNBRK | syscall.BRKINT | syscall.PARMRK | syscall.ISTRIP | syscall.INLCR | syscall.IGNCR | syscall.ICRNL | syscall.IXON
	t.Oflag &^= syscall.OPOST
	t.Lflag &^= syscall.ECHO | syscall.ECHONL | syscall.ICANON | syscall.ISIG | syscall.IEXTEN
	t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0
	call(syscall.TCSETS)
}
