package transport

import (
	"errors"
	"io"
	"os"
	"time"
)

// device is one host's use of a character device, which stays open for the next host. It is read through Go's
// poller: a thread that blocks in poll(2) itself keeps the only processor of a one-CPU guest from the goroutine that
// answers, up to 10 ms (measured: ping 4 ms instead of 1).
type device struct {
	in, out *os.File
	// onEOF is what a read of no bytes means.
	onEOF error
}

func newDevice(in, out *os.File, onEOF error) (io.ReadWriteCloser, error) {
	return device{in, out, onEOF}, in.SetDeadline(time.Time{})
}

func (d device) Read(into []byte) (int, error) {
	n, err := d.in.Read(into)
	if errors.Is(err, io.EOF) {
		err = d.onEOF
	}
	return n, err
}

func (d device) Write(bytes []byte) (int, error) { return d.out.Write(bytes) }

// Close makes Read and Write return.
func (d device) Close() error { return d.in.SetDeadline(time.Unix(1, 0)) }
