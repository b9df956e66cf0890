package probe

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMountOfDescribesTheMountThatHoldsThePath(t *testing.T) {
	directory := mountTmpfs(t, unix.MS_NOSUID|unix.MS_RDONLY)
	got := runProbe[mountOfOutput](t, "mount-of", fmt.Sprintf(`{"path":%q}`, directory+"/file"))
	expectEqual(t, "mountPoint", got.MountPoint, directory)
	expectEqual(t, "fstype", got.Fstype, "tmpfs")
	expectEqual(t, "statfsType", got.StatfsType, "0x1021994")
	expectEqual(t, "mountOptions", strings.Join(got.MountOptions, ","), "ro,nosuid,relatime")
	expectEqual(t, "read-only", [2]bool{got.ReadOnlyMount, got.ReadOnlySuper}, [2]bool{true, true})
	expectEqual(t, "devices", len(got.Devices), 0)
}

func TestMountOfTellsAReadOnlyMountFromAReadOnlySuperblock(t *testing.T) {
	needMounts(t)
	covered := t.TempDir()
	bindReadOnly(t, mountTmpfs(t, 0), covered)
	got := runProbe[mountOfOutput](t, "mount-of", fmt.Sprintf(`{"path":%q}`, covered))
	expectEqual(t, "read-only", [2]bool{got.ReadOnlyMount, got.ReadOnlySuper}, [2]bool{true, false})
}

func TestMountOfSeesTheTopOfStackedMounts(t *testing.T) {
	directory := mountTmpfs(t, 0)
	must(t, unix.Mount("upper", directory, "tmpfs", 0, ""))
	t.Cleanup(func() { _ = unix.Unmount(directory, unix.MNT_DETACH) })
	got := runProbe[mountOfOutput](t, "mount-of", fmt.Sprintf(`{"path":%q}`, directory))
	expectEqual(t, "source", got.Source, "upper")
}

func TestMountTableIsParsedAsProcDocumentsIt(t *testing.T) {
	const text = `36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue
37 35 0:5 / /x ro - tmpfs none ro
`
	got, err := parseMountTable(strings.NewReader(text))
	must(t, err)
	want := []mountEntry{
		{
			id: 36, majorMinor: "98:0", root: "/mnt1", mountPoint: "/mnt 2", mountOptions: []string{"rw", "noatime"},
			fstype: "ext3", source: "/dev/root", superOptions: []string{"rw", "errors=continue"},
		},
		{
			id: 37, majorMinor: "0:5", root: "/", mountPoint: "/x", mountOptions: []string{"ro"},
			fstype: "tmpfs", source: "none", superOptions: []string{"ro"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	for _, broken := range []string{"nonsense\n", "x 35 98:0 / / rw - ext3 a rw\n", "36 35 98:0 / / rw ext3\n"} {
		if _, err := parseMountTable(strings.NewReader(broken)); err == nil {
			t.Errorf("%q was taken", broken)
		}
	}
}
