package probe

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// remountAttempt is one mount under attack. All of it runs on a thread with private mounts.
type remountAttempt struct {
	mount   mountEntry
	path    string
	devices []blockDevice
}

// remountWay is one way to get write access. act returns the directory in which writing must now be tried.
type remountWay struct {
	step string
	act  func() (directory string, err error)
}

func (a remountAttempt) ways() []remountWay {
	ways := []remountWay{
		{"remount", a.remount},
		{"remount-bind", a.remountBind},
		{"mount-setattr", a.mountSetattr},
		{"fspick-reconfigure", a.fspickReconfigure},
	}
	if len(a.devices) > 0 {
		ways = append(ways,
			remountWay{"remount-after-blkroset", a.remount},
			remountWay{"remount-bind-after-blkroset", a.remountBind},
			remountWay{"mount-device-elsewhere", a.mountDeviceElsewhere},
		)
	}
	return ways
}

// try goes one way, looks whether a file can be created, and puts everything back.
func (a remountAttempt) try(way remountWay) remountStep {
	cleared := a.clearDeviceFlags(way.step)
	directory, err := way.act()
	step := remountStep{Step: way.step, Errno: errnoName(err), FailedCall: failedCall(err)}
	step.WritableAfter = canCreateIn(directory) == nil
	unmounted := true
	if directory != a.path {
		unmounted = removeMountedDirectory(directory) == nil
	}
	step.Restored = a.restore() == nil && cleared.restore() == nil && unmounted
	return step
}

// remount asks for a writable mount on a writable superblock in one call, as `mount -o remount,rw` does.
func (a remountAttempt) remount() (string, error) {
	flags := unix.MS_REMOUNT | a.mount.writableFlags()
	return a.path, inCall("mount(MS_REMOUNT)", unix.Mount("", a.mount.mountPoint, "", flags, ""))
}

// remountBind changes the mount alone: enough where only a `ro` bind mount covers a writable superblock.
func (a remountAttempt) remountBind() (string, error) {
	flags := unix.MS_REMOUNT | unix.MS_BIND | flagsFrom(mountLevelFlags, a.mount.mountOptions)&^unix.MS_RDONLY
	return a.path, inCall("mount(MS_REMOUNT|MS_BIND)", unix.Mount("", a.mount.mountPoint, "", flags, ""))
}

func (a remountAttempt) mountSetattr() (string, error) {
	return a.path, inCall("mount_setattr", a.clearReadOnlyAttribute())
}

func (a remountAttempt) clearReadOnlyAttribute() error {
	return unix.MountSetattr(unix.AT_FDCWD, a.mount.mountPoint, 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY})
}

// fspickReconfigure is the new mount API's way: superblock first, then the mount.
func (a remountAttempt) fspickReconfigure() (string, error) {
	context, err := unix.Fspick(unix.AT_FDCWD, a.mount.mountPoint, unix.FSPICK_CLOEXEC)
	if err != nil {
		return a.path, inCall("fspick", err)
	}
	defer unix.Close(context)
	if err := unix.FsconfigSetFlag(context, "rw"); err != nil {
		return a.path, inCall("fsconfig(rw)", err)
	}
	if err := unix.FsconfigReconfigure(context); err != nil {
		return a.path, inCall("fsconfig(reconfigure)", err)
	}
	return a.path, inCall("mount_setattr", a.clearReadOnlyAttribute())
}

// mountDeviceElsewhere leaves the mount alone and mounts its device a second time, writable.
func (a remountAttempt) mountDeviceElsewhere() (string, error) {
	directory := filepath.Join("/run", temporaryName())
	if err := unix.Mkdir(directory, 0o700); err != nil {
		return a.path, inCall("mkdir", err)
	}
	if err := unix.Mount(a.devices[0].Node, directory, a.mount.fstype, 0, ""); err != nil {
		_ = unix.Rmdir(directory)
		return a.path, inCall("mount", err)
	}
	return directory, nil
}

func removeMountedDirectory(directory string) error {
	if err := unix.Unmount(directory, unix.UMOUNT_NOFOLLOW); err != nil {
		return err
	}
	return unix.Rmdir(directory)
}

// restore puts the superblock's read-only state back (all see it), then the mount's (only this thread sees it).
func (a remountAttempt) restore() error {
	now, err := mountContaining(a.path)
	if err != nil {
		return err
	}
	mountFlags := flagsFrom(mountLevelFlags, a.mount.mountOptions)
	superFlags := flagsFrom(superLevelFlags, a.mount.superOptions)
	if a.mount.readOnlySuper() && !now.readOnlySuper() {
		if err := unix.Mount("", a.mount.mountPoint, "", unix.MS_REMOUNT|mountFlags|superFlags, ""); err != nil {
			return err
		}
	}
	return unix.Mount("", a.mount.mountPoint, "", unix.MS_REMOUNT|unix.MS_BIND|mountFlags, "")
}
