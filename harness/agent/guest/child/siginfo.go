package child

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// pidOf reads si_pid: the first field of the union, 16 bytes in on 64-bit Linux (siginfo_t in asm-generic/siginfo.h).
func pidOf(info *unix.Siginfo) int {
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(info), 16)))
}
