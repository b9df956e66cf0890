package probe

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func tries(output escapeOutput) string {
	text := fmt.Sprintf("%s:", output.Outcome)
	for _, try := range output.Tries {
		text += fmt.Sprintf(" %s=%s", try.Way, try.Errno)
	}
	return text
}

// Of the test's own process, whose mounts are not those of the first one.
func escapeInto(t *testing.T, directories ...string) escapeOutput {
	t.Helper()
	before := namesIn(t, "/run")
	output, err := escapeFrom(os.Getpid(), nil, directories)
	must(t, err)
	expectEqual(t, "detail", output.Detail, "")
	expectEqual(t, "left in /run", namesIn(t, "/run"), before)
	return output
}

func TestAnEscapedContainerWritesToAHostThatIsWritable(t *testing.T) {
	directory := mountTmpfs(t, 0)
	expectEqual(t, "tries", tries(escapeInto(t, directory)), "succeeded: host-root=")
	expectEqual(t, "left there", namesIn(t, directory), "file ")
}

func TestAnEscapedContainerIsRefusedByAHostThatIsReadOnly(t *testing.T) {
	directory := mountTmpfs(t, unix.MS_RDONLY)
	expectEqual(t, "tries", tries(escapeInto(t, directory, directory)), "refused: host-root=EROFS host-root=EROFS")
}

func TestOneWritableDirectoryOfManyIsFound(t *testing.T) {
	got := escapeInto(t, mountTmpfs(t, unix.MS_RDONLY), mountTmpfs(t, 0))
	expectEqual(t, "tries", tries(got), "succeeded: host-root=EROFS host-root=")
}

func TestWhatIsNotThereProvesNothing(t *testing.T) {
	needMounts(t)
	expectEqual(t, "tries", tries(escapeInto(t, "/no/such/directory")), "untried: host-root=ENOENT")
}

func TestLeversAreToldAndNotPulled(t *testing.T) {
	needMounts(t)
	before, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	must(t, err)
	got := escapeInto(t)
	expectEqual(t, "levers", len(got.Levers), len(levers))
	expectEqual(t, "first lever", got.Levers[0], escapeLever{"/proc/sys/kernel/core_pattern", ""})
	after, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	must(t, err)
	expectEqual(t, "core_pattern", string(after), string(before))
}

func TestThePartitionsOfADiskAreFoundBehindIt(t *testing.T) {
	root := t.TempDir()
	disk := root + "/devices/vda"
	for folder, number := range map[string]string{disk: "254:0", disk + "/vda1": "254:1", disk + "/queue": ""} {
		must(t, os.MkdirAll(folder, 0o755))
		if number != "" {
			must(t, os.WriteFile(folder+"/dev", []byte(number+"\n"), 0o644))
		}
	}
	must(t, os.WriteFile(disk+"/vda1/partition", []byte("1\n"), 0o644))
	must(t, os.MkdirAll(root+"/dev/block", 0o755))
	must(t, os.Symlink(disk, root+"/dev/block/254:0"))
	devices, err := sysfs(root).withPartitions(blockDevice{Node: "/dev/vda", MajorMinor: "254:0"})
	must(t, err)
	expectEqual(t, "devices", fmt.Sprintf("%s %s", devices[0].Node, devices[1].Node), "/dev/vda /dev/vda1")
}

func TestADirectoryThatIsNotAbsoluteIsRefused(t *testing.T) {
	_, err := Run(t.Context(), "escape", []byte(`{"directories":["usr"]}`))
	if err == nil {
		t.Error("no error")
	}
}
