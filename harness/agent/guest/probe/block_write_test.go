package probe

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

// The real thing, on a read-only virtio disk, is the business of the read-only-root suite; no test here opens a device.

func TestWriteBackChangesNothing(t *testing.T) {
	path := t.TempDir() + "/file"
	content := bytes.Repeat([]byte("0123456789abcdef"), 1024)
	must(t, os.WriteFile(path, content, 0o600))
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	expectEqual(t, "try", writeBack(int(file.Fd()), 4096, 512), writeBackTry{Tried: true, Step: "done"})
	after, err := os.ReadFile(path)
	must(t, err)
	expectEqual(t, "content unchanged", bytes.Equal(content, after), true)
}

func TestWriteBackNamesTheStepThatFailed(t *testing.T) {
	path := t.TempDir() + "/file"
	must(t, os.WriteFile(path, make([]byte, 512), 0o600))
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	readOnly := writeBack(int(file.Fd()), 0, 512)
	expectEqual(t, "read-only descriptor", readOnly, writeBackTry{Tried: true, Step: "pwrite", Errno: "EBADF"})
	expectEqual(t, "refused", readOnly.wasRefused(), true)
	beyond := writeBack(int(file.Fd()), 4096, 512)
	expectEqual(t, "beyond the end", beyond, writeBackTry{Tried: true, Step: "pread", Errno: "short read: 0 of 512 bytes"})
	expectEqual(t, "refused", beyond.wasRefused(), false)
}

func TestBlockWriteIsUntriedWhereNoDeviceIsBehindTheMount(t *testing.T) {
	directory := mountTmpfs(t, 0)
	got := runProbe[blockWriteOutput](t, "block-write", fmt.Sprintf(`{"mountPoint":%q}`, directory))
	expectEqual(t, "outcome", got.Outcome, Untried)
	expectEqual(t, "detail", got.Detail, "no block device is behind this mount")
}

func TestOneSuccessDecidesAndUntriedProvesNothing(t *testing.T) {
	for _, row := range []struct {
		attempts []blockAttempt
		want     Outcome
	}{
		{nil, Untried},
		{[]blockAttempt{{Outcome: Untried}}, Untried},
		{[]blockAttempt{{Outcome: Refused}, {Outcome: Untried}}, Refused},
		{[]blockAttempt{{Outcome: Refused}, {Outcome: Succeeded}}, Succeeded},
	} {
		expectEqual(t, fmt.Sprint(row.attempts), overallOutcome(row.attempts), row.want)
	}
}
