package bootstrap

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
)

// reporter tells what becomes of a bootstrap container: in the journal with fields of its own, and a failure on the
// console too, where somebody looks who wonders why a node does not come.
type reporter struct{ name, digest string }

func (r reporter) begun(settings Settings) {
	r.tell(journal.PriInfo, fmt.Sprintf("runs user data, mode %s, for at most %s", settings.Mode, settings.TimeLimit), nil)
}

func (r reporter) done(took time.Duration) bool {
	r.tell(journal.PriInfo, fmt.Sprintf("user data ended well after %s", rounded(took)), fields("done", took))
	return true
}

func (r reporter) skipped(why string) bool {
	r.tell(journal.PriInfo, "user data is not run: "+why, fields("skipped", 0))
	return true
}

func (r reporter) failed(result string, err error, took time.Duration) bool {
	more := fields(result, took)
	if exit := (exitError{}); errors.As(err, &exit) {
		more["BOOTSTRAP_EXIT_STATUS"] = strconv.Itoa(int(exit.status))
	}
	text := err.Error() + after(took) + "; " + consequence(r.name)
	r.tell(journal.PriErr, text, more)
	if console, err := os.OpenFile("/dev/console", os.O_WRONLY, 0); err == nil {
		_, _ = fmt.Fprintf(console, "\r\nbootstrap container %s: %s\r\n", r.name, text)
		_ = console.Close()
	}
	return false
}

func (r reporter) tell(priority journal.Priority, text string, more map[string]string) {
	fields := map[string]string{"SYSLOG_IDENTIFIER": "bootstrap-container", "BOOTSTRAP_CONTAINER": r.name}
	if r.digest != "" {
		fields["BOOTSTRAP_USER_DATA_SHA256"] = r.digest
	}
	for name, value := range more {
		fields[name] = value
	}
	text = fmt.Sprintf("bootstrap container %s: %s", r.name, text)
	if err := journal.Send(text, priority, fields); err != nil {
		fmt.Fprintf(os.Stderr, "<%d>%s\n", priority, text)
	}
}

// essential is the name of the container that configured.target requires (see the unit files).
const essential = "essential"

func consequence(name string) string {
	if name == essential {
		return "it is essential, so the boot stops here: no other container is started"
	}
	return "it is not essential, so the boot goes on"
}

func fields(result string, took time.Duration) map[string]string {
	return map[string]string{"BOOTSTRAP_RESULT": result, "BOOTSTRAP_DURATION_MS": strconv.FormatInt(took.Milliseconds(), 10)}
}

func after(took time.Duration) string {
	if took == 0 {
		return ""
	}
	return " after " + rounded(took)
}

func rounded(took time.Duration) string { return took.Round(time.Millisecond).String() }
