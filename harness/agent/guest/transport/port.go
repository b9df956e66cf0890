package transport

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const lookForHost = 100 * time.Millisecond

// port is a virtio-serial port. It stays open from one host to the next: the kernel allows one opener, and what a
// host sends right after connecting must find the port open.
type port struct {
	fd   int
	file *os.File
}

// OpenPort takes a path below /dev/virtio-ports, or the name alone where there is no udev to make that link.
func OpenPort(path string) (Source, error) {
	fd, err := unix.Open(devicePath(path), unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return port{fd, os.NewFile(uintptr(fd), path)}, nil
}

// devicePath finds the port's own device by its name in sysfs when the path does not exist.
func devicePath(path string) string {
	if _, err := os.Stat(path); err == nil {
		return path
	}
	names, _ := filepath.Glob("/sys/class/virtio-ports/*/name")
	for _, file := range names {
		name, err := os.ReadFile(file)
		if err == nil && strings.TrimSpace(string(name)) == filepath.Base(path) {
			return filepath.Join("/dev", filepath.Base(filepath.Dir(file)))
		}
	}
	return path
}

// Next polls now and then while no host is there: poll(2) returns at once with POLLHUP then, and there is no event
// for its going away (drivers/char/virtio_console.c, port_fops_poll).
func (p port) Next() (io.ReadWriteCloser, error) {
	for {
		fds := []unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLOUT}}
		if _, err := unix.Poll(fds, 0); err != nil && err != unix.EINTR {
			return nil, os.NewSyscallError("poll", err)
		}
		if fds[0].Revents&unix.POLLHUP == 0 {
			return newDevice(p.file, p.file, ErrHostAway)
		}
		time.Sleep(lookForHost)
	}
}

func (p port) Close() error { return p.file.Close() }
