package probe

import (
	"crypto/rand"
	"encoding/hex"

	"golang.org/x/sys/unix"
)

// temporaryPrefix starts every name that a probe makes, so that leftovers can be recognised. The dot keeps directory
// watchers that skip hidden files (kubelet's static pods, systemd's generators) from picking them up.
const temporaryPrefix = ".bootwright-"

func temporaryName() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read never fails since Go 1.24
	return temporaryPrefix + hex.EncodeToString(random[:])
}

// createFile makes an empty file that did not exist before; O_EXCL also refuses to follow a link at that name.
func createFile(directory int, name string) (int, error) {
	var file int
	err := retryInterrupted(func() (err error) {
		file, err = unix.Openat(directory, name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		return err
	})
	return file, err
}

// openDirectory opens path for *at calls. It follows symbolic links: the caller named the directory.
func openDirectory(path string) (int, error) {
	var directory int
	err := retryInterrupted(func() (err error) {
		directory, err = unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		return err
	})
	return directory, err
}
