package probe

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestRunNamesTheKnownProbesWhenTheNameIsUnknown(t *testing.T) {
	_, err := Run(t.Context(), "nonsense", nil)
	const want = `no probe is named "nonsense"; known probes: block-write, cpu-idle, escape, exec-in, links, listeners, mount-of, network-up, ` +
		`processes, remount, socket, tcp-accept, uname, write-act, write-acts, write-everything, write-mark`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestRunRefusesInputThatTheProbeDoesNotTake(t *testing.T) {
	for _, row := range []struct{ probe, input, want string }{
		{"links", `{"paths":["/"],"extra":1}`, `unknown field "extra"`},
		{"links", `{"paths":["/"]} {}`, "something follows"},
		{"links", `["/"]`, "expected a JSON object"},
		{"links", `null`, "expected a JSON object"},
		{"links", ``, "paths must hold 1 to 256"},
		{"links", `{"paths":["relative"]}`, "absolute path"},
		{"write-act", `{"act":"format","directory":"/"}`, "acts: chmod, chown, create,"},
		{"write-acts", `{"acts":["create"],"directories":[]}`, "directories must hold 1 to 256"},
		{"block-write", `{}`, "exactly one of device and mountPoint"},
		{"block-write", `{"device":"/dev/null","offsets":[512]}`, "multiple of 4096"},
		{"block-write", `{"device":"/dev/null"}`, "block device"},
		{"write-everything", `{"maxDirectories":-1}`, "maxDirectories must be 1 to"},
		{"socket", `{"path":"/x","timeoutMs":-5}`, "timeoutMs must be 1 to"},
	} {
		_, err := Run(t.Context(), row.probe, []byte(row.input))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s %s: got %v, want an error with %q", row.probe, row.input, err, row.want)
		}
	}
}

func TestRunDoesNothingAfterCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, "cpu-idle", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
