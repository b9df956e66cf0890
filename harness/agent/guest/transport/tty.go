package transport

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// tty has a blocking descriptor for writing: the tty holds its write lock for the whole of a blocking write(), so that
// no other program's text lands inside a frame; a non-blocking one stops half-way when the buffer is full.
type tty struct{ in, out *os.File }

// OpenTTY opens a UART raw: no echo, no line editing, no flow control, and never as the controlling terminal.
func OpenTTY(path string) (Source, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	if err := makeRaw(fd); err != nil {
		_ = unix.Close(fd)
		return nil, &os.PathError{Op: "tcsetattr", Path: path, Err: err}
	}
	out, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		_ = unix.Close(fd)
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return tty{os.NewFile(uintptr(fd), path), os.NewFile(uintptr(out), path)}, nil
}

func makeRaw(fd int) error {
	attributes, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	attributes.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON | unix.IXOFF
	attributes.Oflag &^= unix.OPOST
	attributes.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	attributes.Cflag &^= unix.CSIZE | unix.PARENB | unix.CRTSCTS
	attributes.Cflag |= unix.CS8 | unix.CLOCAL | unix.CREAD
	attributes.Cc[unix.VMIN], attributes.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, attributes)
}

func (t tty) Next() (io.ReadWriteCloser, error) { return newDevice(t.in, t.out, io.EOF) }

func (t tty) Close() error { return errors.Join(t.in.Close(), t.out.Close()) }
