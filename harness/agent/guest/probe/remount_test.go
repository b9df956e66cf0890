package probe

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// summary is what the steps came to, without the parts that differ between kernels.
func summary(output remountOutput) string {
	text := fmt.Sprintf("%s by %q:", output.Outcome, output.Step)
	for _, step := range output.Steps {
		text += fmt.Sprintf(" %s=%s/%v/%v", step.Step, step.Errno, step.WritableAfter, step.Restored)
	}
	return text
}

func TestRemountFindsAReadOnlyBindOverAWritableSuperblockWeak(t *testing.T) {
	needMounts(t)
	source, covered := mountTmpfs(t, 0), t.TempDir()
	bindReadOnly(t, source, covered)
	got := runProbe[remountOutput](t, "remount", fmt.Sprintf(`{"path":%q}`, covered))
	expectEqual(t, "steps", summary(got), `succeeded by "remount": remount=/true/true remount-bind=/true/true `+
		`mount-setattr=/true/true fspick-reconfigure=/true/true`)
	expectEqual(t, "create afterwards", errnoName(canCreateIn(covered)), "EROFS")
	expectEqual(t, "create in the source afterwards", errnoName(canCreateIn(source)), "")
}

func TestRemountPutsAReadOnlySuperblockBack(t *testing.T) {
	directory := mountTmpfs(t, unix.MS_RDONLY|unix.MS_NOEXEC)
	got := runProbe[remountOutput](t, "remount", fmt.Sprintf(`{"path":%q}`, directory))
	expectEqual(t, "steps", summary(got), `succeeded by "remount": remount=/true/true remount-bind=/false/true `+
		`mount-setattr=/false/true fspick-reconfigure=/true/true`)
	mount, err := mountContaining(directory)
	must(t, err)
	expectEqual(t, "superblock is read-only", mount.readOnlySuper(), true)
	expectEqual(t, "create afterwards", errnoName(canCreateIn(directory)), "EROFS")
}

func TestRemountIsRefusedByAnOverlayWithoutAnUpperDirectory(t *testing.T) {
	needMounts(t)
	directory := t.TempDir()
	lower := mountTmpfs(t, 0)
	must(t, os.MkdirAll(lower+"/a", 0o755))
	must(t, os.MkdirAll(lower+"/b", 0o755))
	options := fmt.Sprintf("lowerdir=%[1]s/a:%[1]s/b", lower)
	if err := unix.Mount("overlay", directory, "overlay", 0, options); err != nil {
		t.Skip("this kernel mounts no overlay here: ", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(directory, unix.MNT_DETACH) })
	got := runProbe[remountOutput](t, "remount", fmt.Sprintf(`{"path":%q}`, directory))
	expectEqual(t, "outcome", got.Outcome, Refused)
	for _, step := range got.Steps {
		if step.WritableAfter || !step.Restored {
			t.Errorf("%+v", step)
		}
	}
}

func TestRemountOfAWritableDirectoryTriesNothing(t *testing.T) {
	directory := mountTmpfs(t, 0)
	got := runProbe[remountOutput](t, "remount", fmt.Sprintf(`{"path":%q}`, directory))
	expectEqual(t, "steps", summary(got), `succeeded by "":`)
	expectEqual(t, "writableBefore", got.WritableBefore, true)
}

func TestRemountOfAMissingPathIsUntried(t *testing.T) {
	got := runProbe[remountOutput](t, "remount", `{"path":"/no/such"}`)
	expectEqual(t, "outcome", got.Outcome, Untried)
	expectEqual(t, "detail", got.Detail, "find the mount: ENOENT")
}
