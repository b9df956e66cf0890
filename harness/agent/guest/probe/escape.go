package probe

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

const maxEscapeDirectories = 64

type escapeInput struct {
	// Directories of the host that must not be writable.
	Directories []string `json:"directories"`
	// DiskOf is a mount point: of the disk behind it every partition is tried, and the disk itself. "" tries no device.
	DiskOf string `json:"diskOf"`
}

type escapeOutput struct {
	Tries []escapeTry `json:"tries"`
	// Levers are files by which a program that can write them has the kernel act on the host, and whether they open for
	// writing. That root can is no fault of an image; nothing is written to them.
	Levers  []escapeLever `json:"levers"`
	Outcome Outcome       `json:"outcome"`
	Detail  string        `json:"detail,omitempty"`
}

type escapeTry struct {
	// Way is "host-root", "write-device" or "mount-device".
	Way     string  `json:"way"`
	Target  string  `json:"target"`
	Errno   string  `json:"errno"`
	Outcome Outcome `json:"outcome"`
}

type escapeLever struct {
	Path  string `json:"path"`
	Errno string `json:"errno"`
}

// container is what a program that escapes starts from: a root of its own, all capabilities, and the host's processes in
// its /proc, as `docker run --privileged --pid=host` gives them.
type container struct {
	root    string
	hostPID int
	disk    []blockDevice
	output  *escapeOutput
}

// runEscape starts from a privileged container and tries to change the host: through the root of its first process, on the
// system disk's devices, and by mounting them.
func runEscape(ctx context.Context, input escapeInput) (escapeOutput, error) {
	if len(input.Directories) > maxEscapeDirectories {
		return escapeOutput{}, fmt.Errorf("directories holds %d values; at most %d", len(input.Directories), maxEscapeDirectories)
	}
	for _, directory := range input.Directories {
		if err := checkAbsolute("directories", directory); err != nil {
			return escapeOutput{}, err
		}
	}
	disk, err := diskBehind(input.DiskOf)
	if err != nil {
		return escapeOutput{}, err
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return escapeOutput{}, err
	}
	defer unlock()
	return escapeFrom(1, disk, input.Directories)
}

func escapeFrom(hostPID int, disk []blockDevice, directories []string) (escapeOutput, error) {
	output := escapeOutput{Tries: []escapeTry{}, Levers: []escapeLever{}, Outcome: Untried}
	root, err := os.MkdirTemp("/run", temporaryPrefix)
	if err != nil {
		output.Detail = "make a directory for the container: " + errnoName(err)
		return output, nil
	}
	// Its mounts go with the thread that made them.
	defer os.Remove(root)
	inside := container{root, hostPID, disk, &output}
	if err := inPrivateMounts(func() error { return inside.escape(directories) }); err != nil {
		output.Detail = "start the container: " + errnoName(err)
		return output, nil
	}
	for _, try := range output.Tries {
		output.Outcome = output.Outcome.and(try.Outcome)
	}
	return output, nil
}

// escape runs on a thread with private mounts, whose root it changes for good.
func (c container) escape(directories []string) error {
	if err := c.enter(); err != nil {
		return err
	}
	for _, directory := range directories {
		err := canCreateIn(fmt.Sprintf("/proc/%d/root%s", c.hostPID, directory))
		c.tried("host-root", directory, err)
	}
	for _, device := range c.disk {
		attempt := attemptBlockWrite(device, 0)
		c.output.Tries = append(c.output.Tries, escapeTry{
			"write-device", boundedText(device.Node+" "+device.PartitionLabel, 300), attempt.errno(), attempt.Outcome,
		})
		c.mountAndWrite(device)
	}
	for _, path := range levers {
		c.output.Levers = append(c.output.Levers, escapeLever{path, errnoName(opensForWriting(path))})
	}
	return nil
}

func (c container) tried(way, target string, err error) {
	try := escapeTry{way, boundedText(target, 300), errnoName(err), Untried}
	switch {
	case err == nil:
		try.Outcome = Succeeded
	case isWriteRefusal(err):
		try.Outcome = Refused
	}
	c.output.Tries = append(c.output.Tries, try)
}

// enter makes the root of the container: an empty file system with /proc, /sys and nodes for the disk's devices.
func (c container) enter() error {
	if err := inCall("mount(tmpfs)", unix.Mount("tmpfs", c.root, "tmpfs", 0, "size=1m")); err != nil {
		return err
	}
	for _, name := range []string{"proc", "sys", "dev", "mnt"} {
		if err := inCall("mkdir", unix.Mkdir(c.root+"/"+name, 0o755)); err != nil {
			return err
		}
	}
	for fstype, at := range map[string]string{"proc": "/proc", "sysfs": "/sys"} {
		if err := inCall("mount("+fstype+")", unix.Mount(fstype, c.root+at, fstype, 0, "")); err != nil {
			return err
		}
	}
	for _, device := range c.disk {
		number, err := parseDeviceNumber(device.MajorMinor)
		if err != nil {
			return err
		}
		if err := inCall("mknod", unix.Mknod(c.root+device.Node, unix.S_IFBLK|0o600, number)); err != nil {
			return err
		}
	}
	// Unsharing the mounts has unshared the thread's root too (unshare(2), CLONE_NEWNS).
	if err := inCall("chroot", unix.Chroot(c.root)); err != nil {
		return err
	}
	return inCall("chdir", unix.Chdir("/"))
}
