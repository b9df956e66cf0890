package probe

import (
	"fmt"
	"os"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"
)

// withoutMounts empties what differs from run to run, so that the rest compares whole.
func withoutMounts(output writeEverythingOutput) writeEverythingOutput {
	output.Mounts = nil
	return output
}

func TestWriteEverythingReportsTheTopmostWritableDirectories(t *testing.T) {
	root := mountTmpfs(t, 0)
	for _, directory := range []string{"var/lib/deep", "usr/bin", "usr/mnt", "hidden/below", "left-out"} {
		must(t, os.MkdirAll(root+"/"+directory, 0o755))
	}
	must(t, os.Symlink("..", root+"/var/loop"))
	bindReadOnly(t, root+"/usr", root+"/usr")
	must(t, unix.Mount("tmpfs", root+"/usr/mnt", "tmpfs", 0, ""))
	must(t, unix.Mount("tmpfs", root+"/hidden/below", "tmpfs", 0, ""))
	must(t, unix.Mount("tmpfs", root+"/hidden", "tmpfs", 0, ""))
	must(t, os.Mkdir(root+"/hidden/below", 0o755))
	must(t, unix.Mount("proc", root+"/left-out", "proc", 0, ""))

	got := runProbe[writeEverythingOutput](t, "write-everything", fmt.Sprintf(`{"root":%q}`, root))

	want := writeEverythingOutput{
		Root:             root,
		DirectoriesTried: 9, // root var var/lib var/lib/deep | usr usr/bin | usr/mnt | hidden hidden/below
		Created:          7,
		RefusedByErrno:   map[string]int{"EROFS": 2},
		WritableRoots:    []string{root, root + "/usr/mnt", root + "/hidden"},

		SkippedMountsByFstype: map[string]int{"proc": 1},
		ShadowedMounts:        1,
		UnreadableByErrno:     map[string]int{},
		LeftBehind:            []string{},
		BlockDevices:          []blockWriteOutput{},
	}
	if !reflect.DeepEqual(withoutMounts(got), want) {
		t.Errorf("\n got %+v\nwant %+v", withoutMounts(got), want)
	}
	expectEqual(t, "mounts walked", len(got.Mounts), 4)
	expectEqual(t, "names left", namesIn(t, root), "file hidden left-out usr var ")
}

func TestWriteEverythingFindsTheOneWritableDirectoryOfAReadOnlyTree(t *testing.T) {
	root := mountTmpfs(t, 0)
	must(t, os.MkdirAll(root+"/srv/hole/deeper", 0o755))
	bindReadOnly(t, root, root)
	must(t, unix.Mount("tmpfs", root+"/srv/hole", "tmpfs", 0, ""))
	got := runProbe[writeEverythingOutput](t, "write-everything", fmt.Sprintf(`{"root":%q}`, root))
	if want := []string{root + "/srv/hole"}; !reflect.DeepEqual(got.WritableRoots, want) {
		t.Errorf("got %v, want %v", got.WritableRoots, want)
	}
	expectEqual(t, "shadowed", got.ShadowedMounts, 1)
}

func TestWriteEverythingSaysWhenItsBudgetEnded(t *testing.T) {
	root := mountTmpfs(t, 0)
	must(t, os.MkdirAll(root+"/a/b/c", 0o755))
	got := runProbe[writeEverythingOutput](t, "write-everything", fmt.Sprintf(`{"root":%q,"maxDirectories":2}`, root))
	expectEqual(t, "tried", got.DirectoriesTried, 2)
	expectEqual(t, "truncatedBy", got.TruncatedBy, "maxDirectories")
}

func TestWriteEverythingLeavesExcludedDirectoriesAlone(t *testing.T) {
	root := mountTmpfs(t, 0)
	must(t, os.MkdirAll(root+"/a/b", 0o755))
	got := runProbe[writeEverythingOutput](t, "write-everything",
		fmt.Sprintf(`{"root":%q,"exclude":[%q]}`, root, root+"/a"))
	expectEqual(t, "tried", got.DirectoriesTried, 1)
}
