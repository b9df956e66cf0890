package probe

import "golang.org/x/sys/unix"

// mmapWrite has two ways to a shared writable mapping: of a file opened for writing, and of one opened for reading
// only, which the kernel must refuse with EACCES whatever the file system is.
func (t *writeTrial) mmapWrite() {
	found, ok := t.findSubject()
	if !ok {
		return
	}
	defer func() { found.close() }()

	readErr := mapShared(&found, unix.O_RDONLY)
	writeErr := mapShared(&found, unix.O_RDWR)
	t.ReadOnlyFdMmapErrno = errnoName(readErr)
	t.decide("mmap", writeErr)
	if writeErr != nil {
		t.Step = failedCall(writeErr)
	}
	if readErr == nil {
		t.Outcome, t.Step, t.Errno = Succeeded, "mmap", ""
		t.Detail = "a file opened for reading only was mapped writable"
	}
}

func mapShared(s *subject, flags int) error {
	file, err := s.open(flags)
	if err != nil {
		return inCall("openat", err)
	}
	defer unix.Close(file)
	mapping, err := unix.Mmap(file, 0, 1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return inCall("mmap", err)
	}
	return unix.Munmap(mapping)
}
