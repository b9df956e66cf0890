// Command spoil-host makes a host that a kubelet or its containers cannot use well, by one fault a call.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: spoil-host swap PATH MIB | fill PATH MIB-LEFT")
		os.Exit(2)
	}
	number, err := strconv.ParseInt(os.Args[3], 10, 64)
	if err == nil {
		switch os.Args[1] {
		case "swap":
			err = swapOn(os.Args[2], number<<20)
		case "fill":
			err = fill(os.Args[2], number<<20)
		default:
			err = fmt.Errorf("%q is no fault", os.Args[1])
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "spoil-host:", err)
		os.Exit(1)
	}
}

// swapOn makes a swap file and uses it.
func swapOn(path string, bytes int64) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	// Really written: a swap file must have no holes (swapon(8)).
	if _, err := file.Write(make([]byte, bytes)); err != nil {
		return err
	}
	if _, err := file.WriteAt(swapHeader(bytes), 0); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_SWAPON, uintptr(unsafe.Pointer(name)), 0, 0); errno != 0 {
		return fmt.Errorf("swapon: %w", errno)
	}
	return nil
}

const pageBytes = 4096

// swapHeader is its first page: version and last page after 1024 bytes, a word at the end (linux/swap.h, union swap_header).
func swapHeader(bytes int64) []byte {
	page := make([]byte, pageBytes)
	binary.LittleEndian.PutUint32(page[1024:], 1)
	binary.LittleEndian.PutUint32(page[1028:], uint32(bytes/pageBytes-1))
	copy(page[pageBytes-10:], "SWAPSPACE2")
	return page
}

// fill takes all room of a file system but for so much.
func fill(path string, left int64) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	var facts syscall.Statfs_t
	if err := syscall.Fstatfs(int(file.Fd()), &facts); err != nil {
		return err
	}
	return syscall.Fallocate(int(file.Fd()), 0, 0, max(int64(facts.Bavail)*facts.Bsize-left, 1))
}
