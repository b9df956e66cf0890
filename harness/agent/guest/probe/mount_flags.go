package probe

import "golang.org/x/sys/unix"

// mountLevelFlags: what mount(2) must be given again on a remount to keep a mount's own options as they are.
var mountLevelFlags = map[string]uintptr{
	"ro":          unix.MS_RDONLY,
	"nosuid":      unix.MS_NOSUID,
	"nodev":       unix.MS_NODEV,
	"noexec":      unix.MS_NOEXEC,
	"noatime":     unix.MS_NOATIME,
	"nodiratime":  unix.MS_NODIRATIME,
	"relatime":    unix.MS_RELATIME,
	"nosymfollow": unix.MS_NOSYMFOLLOW,
}

// superLevelFlags: what MS_REMOUNT would clear on the superblock when it is not repeated (MS_RMT_MASK in the kernel).
var superLevelFlags = map[string]uintptr{
	"ro":       unix.MS_RDONLY,
	"sync":     unix.MS_SYNCHRONOUS,
	"dirsync":  unix.MS_DIRSYNC,
	"mand":     unix.MS_MANDLOCK,
	"lazytime": unix.MS_LAZYTIME,
}

func flagsFrom(table map[string]uintptr, options []string) uintptr {
	var flags uintptr
	for _, option := range options {
		flags |= table[option]
	}
	return flags
}

// writableFlags: the mount's and its superblock's flags, without read-only.
func (m mountEntry) writableFlags() uintptr {
	all := flagsFrom(mountLevelFlags, m.mountOptions) | flagsFrom(superLevelFlags, m.superOptions)
	return all &^ unix.MS_RDONLY
}
