package probe

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

func TestExecInRunsAProgramWhereExecutionIsAllowed(t *testing.T) {
	directory := mountTmpfs(t, 0)
	got := runProbe[execInOutput](t, "exec-in", fmt.Sprintf(`{"directory":%q}`, directory))
	if got.ExitCode == nil || *got.ExitCode != payloadExitCode {
		t.Fatalf("the program did not end as it should: %+v", got)
	}
	got.ExitCode = nil
	expectEqual(t, "output", got, execInOutput{Directory: directory, Outcome: Succeeded, Step: "done", MmapTried: true})
	expectEqual(t, "names left", namesIn(t, directory), "file ")
}

func TestExecInIsRefusedOnANoexecMount(t *testing.T) {
	directory := mountTmpfs(t, unix.MS_NOEXEC)
	got := runProbe[execInOutput](t, "exec-in", fmt.Sprintf(`{"directory":%q}`, directory))
	expectEqual(t, "output", got, execInOutput{
		Directory: directory, Outcome: Refused, Step: "execve", Errno: "EACCES", MmapTried: true, MmapExecErrno: "EPERM",
	})
	expectEqual(t, "names left", namesIn(t, directory), "file ")
}

func TestExecInIsUntriedWhereNothingCanBeWritten(t *testing.T) {
	directory := mountTmpfs(t, unix.MS_RDONLY)
	got := runProbe[execInOutput](t, "exec-in", fmt.Sprintf(`{"directory":%q}`, directory))
	expectEqual(t, "output", got, execInOutput{
		Directory: directory, Outcome: Untried, Step: "write-program", Errno: "EROFS",
		Detail: "the program could not be put there, so nothing is known about running it",
	})
}
