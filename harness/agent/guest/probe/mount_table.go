package probe

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	maxMountTableBytes = 8 << 20
	maxMounts          = 16_384
	maxMountOptions    = 128
)

// mountEntry is one line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
type mountEntry struct {
	id           uint64
	majorMinor   string
	root         string
	mountPoint   string
	mountOptions []string
	fstype       string
	source       string
	superOptions []string
}

func (m mountEntry) readOnlyMount() bool { return slices.Contains(m.mountOptions, "ro") }
func (m mountEntry) readOnlySuper() bool { return slices.Contains(m.superOptions, "ro") }

// readMountTable reads the calling thread's mounts: `thread-self`, because a probe may have unshared its mount namespace.
func readMountTable() ([]mountEntry, error) {
	file, err := os.Open("/proc/thread-self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseMountTable(file)
}

func parseMountTable(from io.Reader) ([]mountEntry, error) {
	scanner := bufio.NewScanner(io.LimitReader(from, maxMountTableBytes))
	scanner.Buffer(nil, 1<<20)
	var mounts []mountEntry
	for scanner.Scan() {
		mount, err := parseMountLine(scanner.Text())
		if err != nil {
			return nil, err
		}
		if mounts = append(mounts, mount); len(mounts) >= maxMounts {
			break
		}
	}
	return mounts, scanner.Err()
}

func parseMountLine(line string) (mountEntry, error) {
	fields := strings.Fields(line)
	separator := slices.Index(fields, "-")
	if separator < 6 || len(fields) < separator+3 {
		return mountEntry{}, fmt.Errorf("mountinfo line is not in the documented form: %q", boundedText(line, 200))
	}
	id, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return mountEntry{}, fmt.Errorf("mountinfo line starts without a mount id: %q", boundedText(line, 200))
	}
	after := fields[separator+1:]
	mount := mountEntry{
		id:           id,
		majorMinor:   fields[2],
		root:         unescapeOctal(fields[3]),
		mountPoint:   unescapeOctal(fields[4]),
		mountOptions: strings.Split(fields[5], ","),
		fstype:       after[0],
		source:       unescapeOctal(after[1]),
	}
	if len(after) > 2 {
		mount.superOptions = strings.Split(unescapeOctal(after[2]), ",")
	}
	return mount, nil
}

// unescapeOctal undoes the kernel's \040 (space), \011, \012, \134 escapes.
func unescapeOctal(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// mountContaining finds the mount that path is on. The kernel's mount id decides, not the longest prefix: mounts can be
// stacked on one point and hidden below another.
func mountContaining(path string) (mountEntry, error) {
	id, err := mountIDOf(unix.AT_FDCWD, path)
	if err != nil {
		return mountEntry{}, err
	}
	mounts, err := readMountTable()
	if err != nil {
		return mountEntry{}, err
	}
	for _, mount := range mounts {
		if mount.id == id {
			return mount, nil
		}
	}
	return mountEntry{}, fmt.Errorf("mount id %d of %q is not in the mount table of this namespace", id, boundedPath(path))
}

// mountIDOf needs Linux 5.8 (STATX_MNT_ID). It follows symbolic links, and does not trigger automounts.
func mountIDOf(directory int, path string) (uint64, error) {
	flags := unix.AT_NO_AUTOMOUNT
	if path == "" {
		flags |= unix.AT_EMPTY_PATH
	}
	var stat unix.Statx_t
	err := retryInterrupted(func() error {
		return unix.Statx(directory, path, flags, unix.STATX_MNT_ID, &stat)
	})
	if err != nil {
		return 0, err
	}
	if stat.Mask&unix.STATX_MNT_ID == 0 {
		return 0, fmt.Errorf("this kernel reports no mount ids (statx STATX_MNT_ID needs Linux 5.8)")
	}
	return stat.Mnt_id, nil
}
