package probe

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writeBackTry is one read of some bytes and the write of the same bytes. Errno "" with step "done" means they went in.
type writeBackTry struct {
	Tried bool   `json:"tried"`
	Step  string `json:"step"`
	Errno string `json:"errno"`
}

func (t writeBackTry) wrote() bool { return t.Tried && t.Step == "done" }

// wasRefused: the write itself was answered with an error. Failing to read or to open says nothing about writing.
func (t writeBackTry) wasRefused() bool {
	return t.Tried && (t.Step == "pwrite" || t.Step == "fsync" || t.Step == "compare")
}

func tryDirect(device blockDevice, offset int64, length int) writeBackTry {
	file, err := openDevice(device, unix.O_RDWR|unix.O_DIRECT)
	if err != nil {
		return writeBackTry{Tried: true, Step: "open-direct", Errno: errnoName(err)}
	}
	defer unix.Close(file)
	return writeBack(file, offset, length)
}

// writeBackBuffered also drops the page cache in between, so that the comparison reads the device and not memory.
func writeBackBuffered(file int, offset int64, length int) writeBackTry {
	dropCache := func() { _ = unix.IoctlSetInt(file, unix.BLKFLSBUF, 0) }
	dropCache()
	try := writeBack(file, offset, length)
	dropCache()
	return try
}

// writeBack reads, writes the same bytes, syncs and reads again.
func writeBack(file int, offset int64, length int) writeBackTry {
	before, after := alignedBuffer(length), alignedBuffer(length)
	failed := func(step string, err error) writeBackTry {
		return writeBackTry{Tried: true, Step: step, Errno: errnoName(err)}
	}
	if err := readExactly(file, before, offset); err != nil {
		return failed("pread", err)
	}
	var written int
	err := retryInterrupted(func() (err error) {
		written, err = unix.Pwrite(file, before, offset)
		return err
	})
	if err != nil {
		return failed("pwrite", err)
	}
	if written != length {
		return failed("pwrite", fmt.Errorf("short write: %d of %d bytes", written, length))
	}
	if err := retryInterrupted(func() error { return unix.Fsync(file) }); err != nil {
		return failed("fsync", err)
	}
	if err := readExactly(file, after, offset); err != nil {
		return failed("pread-again", err)
	}
	if !bytes.Equal(before, after) {
		return failed("compare", errors.New("other bytes came back"))
	}
	return writeBackTry{Tried: true, Step: "done"}
}

func readExactly(file int, into []byte, offset int64) error {
	var n int
	err := retryInterrupted(func() (err error) {
		n, err = unix.Pread(file, into, offset)
		return err
	})
	if err == nil && n != len(into) {
		return fmt.Errorf("short read: %d of %d bytes", n, len(into))
	}
	return err
}

// alignedBuffer starts on a page, as O_DIRECT wants it.
func alignedBuffer(length int) []byte {
	page := os.Getpagesize()
	room := make([]byte, length+page)
	skip := (page - int(uintptr(unsafe.Pointer(&room[0]))%uintptr(page))) % page
	return room[skip : skip+length : skip+length]
}
