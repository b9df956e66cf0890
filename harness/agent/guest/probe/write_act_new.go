package probe

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Acts that make a new name in the directory.

func (t *writeTrial) create() {
	name := temporaryName()
	file, err := createFile(t.directory, name)
	t.decide("openat", err)
	if err != nil {
		return
	}
	defer t.remove(name, 0)
	defer unix.Close(file)
	// The file exists, so the act succeeded; a full disk is worth telling but changes nothing.
	if _, err := unix.Write(file, []byte("x")); err != nil {
		t.Detail = "made, but write failed: " + errnoName(err)
	} else if err := retryInterrupted(func() error { return unix.Fsync(file) }); err != nil {
		t.Detail = "made, but fsync failed: " + errnoName(err)
	}
}

func (t *writeTrial) mkdir() {
	name := temporaryName()
	err := unix.Mkdirat(t.directory, name, 0o700)
	t.decide("mkdirat", err)
	if err == nil {
		t.remove(name, unix.AT_REMOVEDIR)
	}
}

func (t *writeTrial) symlink() {
	name := temporaryName()
	err := unix.Symlinkat("bootwright", t.directory, name)
	t.decide("symlinkat", err)
	if err == nil {
		t.remove(name, 0)
	}
}

// mknod makes a device node (1:3, the null device): a kernel refuses it in places where it allows a FIFO.
func (t *writeTrial) mknod() {
	name := temporaryName()
	err := unix.Mknodat(t.directory, name, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 3)))
	t.decide("mknodat", err)
	if err == nil {
		t.remove(name, 0)
	}
}

// unlink removes a file that it made. Where none can be made it tries a name that does not exist: the kernel asks for
// write access to the mount before it looks the name up (do_unlinkat in fs/namei.c), so EROFS is a real refusal and
// ENOENT says that the mount would have let it. Removing a file of the image to find out is out of the question.
func (t *writeTrial) unlink() {
	name := temporaryName()
	file, createErr := createFile(t.directory, name)
	if createErr == nil {
		unix.Close(file)
		err := unix.Unlinkat(t.directory, name, 0)
		t.decide("unlinkat", err)
		if err != nil {
			t.LeftBehind = boundedPath(t.Resolved + "/" + name)
		}
		return
	}
	err := unix.Unlinkat(t.directory, name, 0)
	if errors.Is(err, unix.ENOENT) {
		t.leaveUntried("openat", createErr, "no file could be made to be removed, and the mount itself allows removing")
		return
	}
	t.decide("unlinkat", err)
	t.Detail = "on a name that does not exist, as no file could be made: " + errnoName(createErr)
}
