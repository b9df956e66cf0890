package probe

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestEveryActSucceedsOnAWritableDirectoryAndLeavesNothing(t *testing.T) {
	directory := mountTmpfs(t, 0)
	for _, act := range writeActNames() {
		got := runProbe[writeActOutput](t, "write-act", fmt.Sprintf(`{"act":%q,"directory":%q}`, act, directory))
		if got.Outcome == Untried && got.Errno == "EOPNOTSUPP" {
			continue // tmpfs keeps user attributes only from Linux 6.6 on
		}
		if got.Outcome != Succeeded || got.Errno != "" || got.LeftBehind != "" {
			t.Errorf("%+v", got)
		}
	}
	expectEqual(t, "names left", namesIn(t, directory), "file ")
}

func TestEveryActIsRefusedWithEROFSOnAReadOnlySuperblock(t *testing.T) {
	expectAllRefused(t, mountTmpfs(t, unix.MS_RDONLY))
}

func TestEveryActIsRefusedWithEROFSOnAReadOnlyBindMount(t *testing.T) {
	needMounts(t)
	covered := t.TempDir()
	bindReadOnly(t, mountTmpfs(t, 0), covered)
	expectAllRefused(t, covered)
}

func expectAllRefused(t *testing.T, directory string) {
	t.Helper()
	steps := map[string]string{
		"create": "openat", "mkdir": "mkdirat", "symlink": "symlinkat", "mknod": "mknodat", "unlink": "unlinkat",
		"hardlink": "linkat", "rename": "renameat2", "truncate": "truncate", "open-for-write": "openat", "chmod": "chmod",
		"chown": "fchownat", "utimes": "utimensat", "setxattr": "setxattr", "mmap-write": "openat",
	}
	for _, act := range writeActNames() {
		got := runProbe[writeActOutput](t, "write-act", fmt.Sprintf(`{"act":%q,"directory":%q}`, act, directory))
		want := writeActOutput{
			Act: act, Directory: directory, Resolved: directory, Outcome: Refused, Errno: "EROFS", Step: steps[act],
		}
		switch act {
		case "unlink":
			want.Detail = "on a name that does not exist, as no file could be made: EROFS"
		case "create", "mkdir", "symlink", "mknod":
		default:
			want.Subject = directory + "/file"
		}
		if act == "mmap-write" {
			want.ReadOnlyFdMmapErrno = "EACCES"
		}
		expectEqual(t, act, got, want)
	}
}

func TestActsOnANamedFileLeaveItAsItWas(t *testing.T) {
	directory := mountTmpfs(t, 0)
	var before, after unix.Stat_t
	must(t, unix.Lstat(directory+"/file", &before))
	for _, act := range []string{"hardlink", "rename", "truncate", "open-for-write", "chmod", "chown", "utimes", "setxattr", "mmap-write"} {
		got := runProbe[writeActOutput](t, "write-act",
			fmt.Sprintf(`{"act":%q,"directory":%q,"existing":%q}`, act, directory, directory+"/file"))
		if got.Outcome != Succeeded && got.Errno != "EOPNOTSUPP" || got.Subject != directory+"/file" {
			t.Errorf("%+v", got)
		}
	}
	must(t, unix.Lstat(directory+"/file", &after))
	before.Ctim, after.Ctim = unix.Timespec{}, unix.Timespec{} // the one thing that cannot be set back
	expectEqual(t, "stat", after, before)
	content, err := os.ReadFile(directory + "/file")
	must(t, err)
	expectEqual(t, "content", string(content), "content")
}

func TestSetuidFilesAreNotOfferedToChown(t *testing.T) {
	directory := t.TempDir()
	must(t, os.WriteFile(directory+"/su", nil, 0o755))
	must(t, os.Chmod(directory+"/su", 0o755|os.ModeSetuid))
	got := runProbe[writeActOutput](t, "write-act",
		fmt.Sprintf(`{"act":"chown","directory":%q,"existing":%q}`, directory, directory+"/su"))
	expectEqual(t, "outcome", got.Outcome, Untried)
}

func TestALinkIsNotFollowedToTheExistingFile(t *testing.T) {
	directory := t.TempDir()
	must(t, os.WriteFile(directory+"/file", nil, 0o600))
	must(t, os.Symlink("file", directory+"/link"))
	got := runProbe[writeActOutput](t, "write-act",
		fmt.Sprintf(`{"act":"chmod","directory":%q,"existing":%q}`, directory, directory+"/link"))
	expectEqual(t, "outcome", got.Outcome, Untried)
}

func TestAnActInAMissingDirectoryIsUntried(t *testing.T) {
	got := runProbe[writeActOutput](t, "write-act", `{"act":"create","directory":"/no/such"}`)
	expectEqual(t, "output", got, writeActOutput{
		Act: "create", Directory: "/no/such", Outcome: Untried, Errno: "ENOENT", Step: "open-directory",
		Detail: "the directory cannot be opened, so the act was not tried",
	})
}

func TestAnActThatNeedsAFileIsUntriedInAnEmptyReadOnlyDirectory(t *testing.T) {
	directory := mountTmpfs(t, 0)
	must(t, os.Mkdir(directory+"/empty", 0o755))
	bindReadOnly(t, directory+"/empty", directory+"/empty")
	got := runProbe[writeActOutput](t, "write-act", fmt.Sprintf(`{"act":"chmod","directory":%q}`, directory+"/empty"))
	expectEqual(t, "outcome", got.Outcome, Untried)
	expectEqual(t, "errno", got.Errno, "EROFS")
}

func TestWriteActsTriesEveryActInEveryDirectory(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	got := runProbe[writeActsOutput](t, "write-acts",
		fmt.Sprintf(`{"acts":["create","mkdir"],"directories":[%q,%q]}`, first, second))
	tried := ""
	for _, result := range got.Results {
		tried += fmt.Sprintf("%s %s %s\n", result.Act, result.Directory, result.Outcome)
	}
	expectEqual(t, "tried", tried, fmt.Sprintf(
		"create %[1]s succeeded\nmkdir %[1]s succeeded\ncreate %[2]s succeeded\nmkdir %[2]s succeeded\n", first, second))
}
