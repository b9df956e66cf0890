// Package probe holds the in-guest probes: each tries one act for real and reports what the kernel answered.
//
// A probe never trusts a flag. A `ro` in mountinfo, an open(O_RDWR) that succeeds, a BLKROSET that returns 0: none of
// them says whether a byte can be changed, so a probe changes one (and puts it back).
package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// handler runs one probe on its raw JSON input.
type handler func(ctx context.Context, input json.RawMessage) (any, error)

var registry = map[string]handler{
	"write-act":        decoded(runWriteAct),
	"write-acts":       decoded(runWriteActs),
	"write-everything": decoded(runWriteEverything),
	"write-mark":       decoded(runWriteMark),
	"remount":          decoded(runRemount),
	"block-write":      decoded(runBlockWrite),
	"links":            decoded(runLinks),
	"mount-of":         decoded(runMountOf),
	"escape":           decoded(runEscape),
	"exec-in":          decoded(runExecIn),
	"socket":           decoded(runSocket),
	"cpu-idle":         decoded(runCPUIdle),
	"listeners":        decoded(runListeners),
	"network-up":       decoded(runNetworkUp),
	"processes":        decoded(runProcesses),
	"tcp-accept":       decoded(runTCPAccept),
	"uname":            decoded(runUname),
}

// Run runs the named probe. The result marshals to the JSON object that docs describe for that probe; an error means
// that the request was wrong or the probe itself broke, never that the guest refused the act.
func Run(ctx context.Context, name string, input json.RawMessage) (any, error) {
	run, known := registry[name]
	if !known {
		return nil, fmt.Errorf("no probe is named %q; known probes: %s", boundedText(name, 64), strings.Join(Names(), ", "))
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("probe %s was not started: %w", name, err)
	}
	result, err := run(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("probe %s: %w", name, err)
	}
	return result, nil
}

// Names lists the known probes in alphabetical order.
func Names() []string {
	names := make([]string, 0, len(registry))
	for name := range registry {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
