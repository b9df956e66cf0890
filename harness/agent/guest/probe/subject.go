package probe

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// subject is the regular file that an act is tried on, named relative to an open directory.
type subject struct {
	directory int
	name      string
	stat      unix.Stat_t
	made      bool
	close     func()
}

const (
	maxSearchedDirectories = 512
	maxSearchedEntries     = 8192
)

// findSubject picks the file to act on: the one that was named, else one made for the purpose (so that success harms
// nothing), else one found at or below the directory on the same mount (so that a refusal is about a real file).
func (t *writeTrial) findSubject() (subject, bool) {
	if t.existing != "" {
		return t.namedSubject()
	}
	name := temporaryName()
	file, createErr := createFile(t.directory, name)
	if createErr == nil {
		unix.Close(file)
		found := subject{directory: t.directory, name: name, made: true}
		found.close = func() { t.remove(found.name, 0) }
		if err := unix.Fstatat(t.directory, name, &found.stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			found.close()
			t.leaveUntried("fstatat", err, "the file made for the act cannot be examined")
			return subject{}, false
		}
		return found, true
	}
	path := t.searchFile()
	if path == "" {
		t.leaveUntried("openat", createErr, "no file could be made and no regular file was found to act on")
		return subject{}, false
	}
	return t.openSubject(path)
}

func (t *writeTrial) namedSubject() (subject, bool) {
	found, ok := t.openSubject(t.existing)
	if ok && found.stat.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 && (t.Act == "chown" || t.Act == "truncate") {
		found.close()
		t.leaveUntried("fstatat", nil, "chown and truncate would clear this file's setuid or setgid bit")
		return subject{}, false
	}
	return found, ok
}

func (t *writeTrial) openSubject(path string) (subject, bool) {
	directory, err := openDirectory(filepath.Dir(path))
	if err != nil {
		t.leaveUntried("open-directory", err, "the existing file's directory cannot be opened")
		return subject{}, false
	}
	found := subject{directory: directory, name: filepath.Base(path)}
	found.close = func() {
		if t.Outcome == Succeeded {
			found.restoreTimes() // tmpfs sets mtime on a truncate to the same size, and a mapping sets atime
		}
		unix.Close(directory)
	}
	err = unix.Fstatat(directory, found.name, &found.stat, unix.AT_SYMLINK_NOFOLLOW)
	if err != nil || found.stat.Mode&unix.S_IFMT != unix.S_IFREG {
		found.close()
		t.leaveUntried("fstatat", err, "the existing file is not there or not a regular file")
		return subject{}, false
	}
	t.Subject = boundedPath(path)
	return found, true
}

func (s *subject) restoreTimes() {
	times := []unix.Timespec{s.stat.Atim, s.stat.Mtim}
	_ = unix.UtimesNanoAt(s.directory, s.name, times, unix.AT_SYMLINK_NOFOLLOW)
}

// searchFile looks breadth first, without following links or leaving the mount. It passes over files that would lose
// something if the act succeeded (setuid bits, capabilities), and takes a program only where there is nothing else:
// one that is running answers ETXTBSY.
func (t *writeTrial) searchFile() string {
	mountID, err := mountIDOf(t.directory, "")
	if err != nil {
		return ""
	}
	program, entries := "", 0
	queue := []string{t.resolvedPath}
	for visited := 0; visited < len(queue) && visited < maxSearchedDirectories && t.ctx.Err() == nil; visited++ {
		children, _ := readDirectoryBounded(queue[visited], maxSearchedEntries-entries)
		entries += len(children)
		for _, child := range children {
			path := filepath.Join(queue[visited], child.Name())
			switch {
			case child.IsDir() && len(queue) < maxSearchedDirectories && isOnMount(path, mountID):
				queue = append(queue, path)
			case !child.Type().IsRegular() || !isHarmlessSubject(path, mountID):
			case !isProgram(child):
				return path
			case program == "":
				program = path
			}
		}
	}
	return program
}

func isProgram(entry os.DirEntry) bool {
	info, err := entry.Info()
	return err != nil || info.Mode()&0o111 != 0
}

func readDirectoryBounded(path string, maxEntries int) ([]os.DirEntry, error) {
	directory, err := os.OpenFile(path, unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	defer directory.Close()
	return directory.ReadDir(max(maxEntries, 1))
}

func isHarmlessSubject(path string, mountID uint64) bool {
	var stat unix.Stat_t
	if err := unix.Lstat(path, &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFREG {
		return false
	}
	if stat.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 || !isOnMount(path, mountID) {
		return false
	}
	_, err := unix.Lgetxattr(path, "security.capability", nil)
	return err != nil
}

func isOnMount(path string, mountID uint64) bool {
	id, err := mountIDOf(unix.AT_FDCWD, path)
	return err == nil && id == mountID
}
