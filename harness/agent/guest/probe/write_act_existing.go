package probe

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Acts on an existing file. Each is harmless where it succeeds: same mode, same owner, same times, same size.

// onSubject runs one act on a file and records its answer.
func (t *writeTrial) onSubject(step string, act func(*subject) error) {
	found, ok := t.findSubject()
	if !ok {
		return
	}
	defer func() { found.close() }()
	t.decide(step, retryInterrupted(func() error { return act(&found) }))
}

func (t *writeTrial) hardlink() {
	t.onSubject("linkat", func(s *subject) error {
		name := temporaryName()
		err := unix.Linkat(s.directory, s.name, t.directory, name, 0)
		if err == nil {
			t.remove(name, 0)
		}
		return err
	})
}

func (t *writeTrial) rename() {
	t.onSubject("renameat2", func(s *subject) error {
		name := temporaryName()
		err := unix.Renameat2(s.directory, s.name, s.directory, name, unix.RENAME_NOREPLACE)
		if err != nil {
			return err
		}
		if err := unix.Renameat2(s.directory, name, s.directory, s.name, unix.RENAME_NOREPLACE); err != nil {
			t.LeftBehind = boundedPath(t.Resolved+"/"+name) + ": cannot be renamed back: " + errnoName(err)
		}
		return nil
	})
}

func (t *writeTrial) truncate() {
	t.onSubject("truncate", func(s *subject) error {
		return s.throughDescriptor(func(path string) error { return unix.Truncate(path, s.stat.Size) })
	})
}

func (t *writeTrial) openForWrite() {
	t.onSubject("openat", func(s *subject) error {
		file, err := s.open(unix.O_WRONLY)
		if err == nil {
			unix.Close(file)
		}
		return err
	})
	if t.Errno == errnoName(unix.ETXTBSY) {
		t.leaveUntried(t.Step, unix.ETXTBSY, "the only file found is a program that is running")
	}
}

func (t *writeTrial) chmod() {
	t.onSubject("chmod", func(s *subject) error {
		return s.throughDescriptor(func(path string) error { return unix.Chmod(path, s.stat.Mode&0o7777) })
	})
}

func (t *writeTrial) chown() {
	t.onSubject("fchownat", func(s *subject) error {
		return unix.Fchownat(s.directory, s.name, int(s.stat.Uid), int(s.stat.Gid), unix.AT_SYMLINK_NOFOLLOW)
	})
}

func (t *writeTrial) utimes() {
	t.onSubject("utimensat", func(s *subject) error {
		times := []unix.Timespec{s.stat.Atim, s.stat.Mtim}
		return unix.UtimesNanoAt(s.directory, s.name, times, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// setxattr tries `user.` and, where a file system has none, `trusted.`. Write access to the mount is asked for first
// (setxattr in fs/xattr.c), so EOPNOTSUPP from both means that nothing refused the write: the act could not be tried.
func (t *writeTrial) setxattr() {
	t.onSubject("setxattr", func(s *subject) error {
		return s.throughDescriptor(func(path string) error {
			err := setAndRemoveAttribute(path, "user.bootwright")
			if errors.Is(err, unix.EOPNOTSUPP) {
				err = setAndRemoveAttribute(path, "trusted.bootwright")
			}
			return err
		})
	})
	if t.Errno == errnoName(unix.EOPNOTSUPP) {
		t.leaveUntried(t.Step, unix.EOPNOTSUPP, "this file system keeps no extended attributes")
	}
}

func setAndRemoveAttribute(path, prefix string) error {
	attribute := prefix + temporaryName()
	if err := unix.Setxattr(path, attribute, []byte("x"), unix.XATTR_CREATE); err != nil {
		return err
	}
	return unix.Removexattr(path, attribute)
}

// open never follows a link and never blocks.
func (s *subject) open(flags int) (int, error) {
	var file int
	err := retryInterrupted(func() (err error) {
		file, err = unix.Openat(s.directory, s.name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		return err
	})
	return file, err
}

// throughDescriptor gives calls that take only a path one that cannot be swapped for a link.
func (s *subject) throughDescriptor(act func(path string) error) error {
	file, err := s.open(unix.O_PATH)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	return act(descriptorPath(file))
}
