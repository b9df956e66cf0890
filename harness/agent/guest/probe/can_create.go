package probe

import "golang.org/x/sys/unix"

// canCreateIn reports nil when a file can really be made in the directory at path and reaches its disk; it is removed
// again. The fsync matters: over a disk that refuses writes, a file can live in the page cache alone.
func canCreateIn(path string) (err error) {
	directory, err := openDirectory(path)
	if err != nil {
		return err
	}
	defer unix.Close(directory)
	name := temporaryName()
	file, err := createFile(directory, name)
	if err != nil {
		return err
	}
	defer func() {
		unix.Close(file)
		if removeErr := unix.Unlinkat(directory, name, 0); err == nil {
			err = removeErr
		}
	}()
	if _, err := unix.Write(file, []byte("x")); err != nil {
		return err
	}
	return retryInterrupted(func() error { return unix.Fsync(file) })
}
