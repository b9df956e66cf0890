package probe

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// openBeneath refuses links, other mounts and anything that leads out (openat2, Linux 5.6).
func openBeneath(top int, path string) (int, error) {
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC | unix.O_NONBLOCK,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV,
	}
	var directory int
	err := retryInterrupted(func() (err error) {
		directory, err = unix.Openat2(top, path, &how)
		return err
	})
	return directory, err
}

// childDirectories reads a directory in pieces, keeps the names of subdirectories only, and closes it.
func childDirectories(directory, limit int) (names []string, complete bool) {
	const entriesPerRead = 1024
	file := os.NewFile(uintptr(directory), "directory")
	defer file.Close()
	for {
		entries, err := file.ReadDir(entriesPerRead)
		for _, entry := range entries {
			if !entry.IsDir() {
				continue
			}
			if len(names) >= limit {
				return names, false
			}
			names = append(names, entry.Name())
		}
		if err != nil {
			return names, errors.Is(err, io.EOF)
		}
	}
}
