package api

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
)

const (
	begun   = "begun"
	done    = "done"
	refused = "refused"
	failed  = "failed"
)

// trace is one request in the journal: an entry when it begins, so that no act is without one whatever happens to this
// program, and one with its result.
type trace struct {
	id     string
	action string
	// detail is what was asked for, short.
	detail  string
	caller  caller
	started time.Time
}

func (t trace) begin() error {
	return t.tell(journal.PriInfo, begun, "", nil)
}

func (t trace) end(result, why string) {
	priority := journal.PriInfo
	if result == failed {
		priority = journal.PriErr
	}
	took := time.Since(t.started)
	text := "after " + took.Round(time.Millisecond).String()
	if why != "" {
		text += ": " + why
	}
	fields := map[string]string{"HOST_CONTAINER_DURATION_MS": strconv.FormatInt(took.Milliseconds(), 10)}
	if err := t.tell(priority, result, text, fields); err != nil {
		// What was done is done, and its beginning is in the journal.
		fmt.Fprintf(os.Stderr, "request %s: %s %s, and the journal does not take it: %v\n", t.id, result, text, err)
	}
}

func (t trace) tell(priority journal.Priority, result, more string, extra map[string]string) error {
	fields := map[string]string{
		"SYSLOG_IDENTIFIER":         "host-containers",
		"HOST_CONTAINER_REQUEST":    t.id,
		"HOST_CONTAINER_ACTION":     t.action,
		"HOST_CONTAINER_DETAIL":     t.detail,
		"HOST_CONTAINER_RESULT":     result,
		"HOST_CONTAINER_CALLER_UID": strconv.FormatUint(uint64(t.caller.uid), 10),
		"HOST_CONTAINER_CALLER_PID": strconv.Itoa(int(t.caller.pid)),
		"HOST_CONTAINER_CALLER_EXE": t.caller.exe,
	}
	for name, value := range extra {
		fields[name] = value
	}
	text := fmt.Sprintf("%s %s for uid %d, pid %d (%s): %s %s", t.action, t.detail, t.caller.uid, t.caller.pid, t.caller.exe, result, more)
	return journal.Send(text, priority, fields)
}
