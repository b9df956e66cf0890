package request

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A descendant may keep the output open after the program has ended; this long without output is the end then.
const quietAfterExit = 200 * time.Millisecond

type drainBuffer [64 << 10]byte

var drainBuffers = sync.Pool{New: func() any { return new(drainBuffer) }}

// Most programs end sooner than this. Their output is read after their end, which spares Go's poller and two goroutines.
const followAfter = 10 * time.Millisecond

// drain copies a program's two outputs to the host. A program whose output is over the limit is still read, so that
// it runs as it would.
type drain struct {
	// ends are ours, writers the program's; -1 when closed, or when a reader has taken it.
	ends, writers [2]int
	readers       [2]*os.File
	outputs       [2]output
	left          atomic.Int64
	hasExited     atomic.Bool
	isTruncated   atomic.Bool
	following     sync.Once
	timer         *time.Timer
	copying       sync.WaitGroup
}

func newDrain(stdout, stderr output, maxBytes int64) (*drain, error) {
	d := &drain{outputs: [2]output{stdout, stderr}, ends: [2]int{-1, -1}, writers: [2]int{-1, -1}}
	if maxBytes <= 0 {
		maxBytes = 1 << 62
	}
	d.left.Store(maxBytes)
	for i := range d.ends {
		var ends [2]int
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
			d.close()
			return nil, os.NewSyscallError("pipe2", err)
		}
		d.ends[i], d.writers[i] = ends[0], ends[1]
		if _, err := unix.FcntlInt(uintptr(ends[1]), unix.F_SETFL, 0); err != nil {
			d.close()
			return nil, os.NewSyscallError("fcntl", err)
		}
	}
	return d, nil
}

// start is called when the program has been started.
func (d *drain) start() {
	closeAll(&d.writers)
	d.timer = time.AfterFunc(followAfter, d.follow)
}

// follow hands on output as it comes.
func (d *drain) follow() {
	d.following.Do(func() {
		for i := range d.ends {
			d.readers[i] = os.NewFile(uintptr(d.ends[i]), "output")
			d.ends[i] = -1
			d.copying.Add(1)
			go d.copy(d.readers[i], d.outputs[i])
		}
	})
}

func (d *drain) copy(from *os.File, to output) {
	defer d.copying.Done()
	buffer := drainBuffers.Get().(*drainBuffer)
	defer drainBuffers.Put(buffer)
	for {
		if d.hasExited.Load() {
			_ = from.SetReadDeadline(time.Now().Add(quietAfterExit))
		}
		n, err := from.Read(buffer[:])
		if n > 0 {
			d.forward(buffer[:n], to)
		}
		if err != nil {
			return
		}
	}
}

func (d *drain) forward(bytes []byte, to output) {
	allowed := min(int64(len(bytes)), max(0, d.left.Add(-int64(len(bytes)))+int64(len(bytes))))
	if allowed < int64(len(bytes)) {
		d.isTruncated.Store(true)
	}
	_, _ = to.Write(bytes[:allowed]) // when the request is over there is nobody to write to
}

// finish hands on what is left when the program has ended.
func (d *drain) finish() {
	if d.timer.Stop() && d.readRest() {
		return
	}
	d.follow()
	d.hasExited.Store(true)
	for _, reader := range d.readers {
		_ = reader.SetReadDeadline(time.Now().Add(quietAfterExit))
	}
	d.copying.Wait()
}

// readRest reads what nobody follows; false when a descendant still holds an output open.
func (d *drain) readRest() bool {
	buffer := drainBuffers.Get().(*drainBuffer)
	defer drainBuffers.Put(buffer)
	for i, end := range d.ends {
		for {
			n, err := unix.Read(end, buffer[:])
			if n > 0 {
				d.forward(buffer[:n], d.outputs[i])
			} else if err == unix.EAGAIN {
				return false
			} else if err != unix.EINTR {
				break
			}
		}
	}
	return true
}

func (d *drain) close() {
	d.following.Do(func() {}) // not from now on
	closeAll(&d.writers)
	closeAll(&d.ends)
	for _, reader := range d.readers {
		if reader != nil {
			_ = reader.Close()
		}
	}
}

func closeAll(descriptors *[2]int) {
	for i, descriptor := range descriptors {
		if descriptor >= 0 {
			_ = unix.Close(descriptor)
		}
		descriptors[i] = -1
	}
}
