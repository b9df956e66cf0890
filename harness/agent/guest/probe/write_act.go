package probe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/sys/unix"
)

type writeActInput struct {
	Act       string `json:"act"`
	Directory string `json:"directory"`
	// Existing is a regular file for the acts that need one. Without it they use a file made for the purpose or, where
	// none can be made, a regular file found in the directory.
	Existing string `json:"existing"`
}

type writeActOutput struct {
	Act       string `json:"act"`
	Directory string `json:"directory"`
	// Resolved is the directory with links followed.
	Resolved string `json:"resolved"`
	// Subject is the file that was acted on, where it was not one that the probe made.
	Subject string  `json:"subject,omitempty"`
	Outcome Outcome `json:"outcome"`
	Errno   string  `json:"errno"`
	// Step is the system call that decided.
	Step                string `json:"step"`
	Detail              string `json:"detail,omitempty"`
	LeftBehind          string `json:"leftBehind,omitempty"`
	ReadOnlyFdMmapErrno string `json:"readOnlyFdMmapErrno,omitempty"`
}

// writeActs: each act changes something, or would, and puts it back. None removes a file that the probe did not make.
var writeActs = map[string]func(*writeTrial){
	"create":         (*writeTrial).create,
	"mkdir":          (*writeTrial).mkdir,
	"symlink":        (*writeTrial).symlink,
	"mknod":          (*writeTrial).mknod,
	"unlink":         (*writeTrial).unlink,
	"hardlink":       (*writeTrial).hardlink,
	"rename":         (*writeTrial).rename,
	"truncate":       (*writeTrial).truncate,
	"open-for-write": (*writeTrial).openForWrite,
	"chmod":          (*writeTrial).chmod,
	"chown":          (*writeTrial).chown,
	"utimes":         (*writeTrial).utimes,
	"setxattr":       (*writeTrial).setxattr,
	"mmap-write":     (*writeTrial).mmapWrite,
}

func runWriteAct(ctx context.Context, input writeActInput) (writeActOutput, error) {
	if err := checkWriteAct(input); err != nil {
		return writeActOutput{}, err
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return writeActOutput{}, err
	}
	defer unlock()
	return tryWriteAct(ctx, input)
}

func checkWriteAct(input writeActInput) error {
	if writeActs[input.Act] == nil {
		return fmt.Errorf("no act is named %q; acts: %s", boundedText(input.Act, 64), strings.Join(writeActNames(), ", "))
	}
	if input.Existing != "" {
		if err := checkAbsolute("existing", input.Existing); err != nil {
			return err
		}
	}
	return checkAbsolute("directory", input.Directory)
}

func writeActNames() []string {
	names := make([]string, 0, len(writeActs))
	for name := range writeActs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// writeTrial is one act on its way: the directory it happens in and the report being filled.
type writeTrial struct {
	ctx       context.Context
	directory int
	// resolvedPath is the directory with links followed, byte for byte; Resolved is the same made fit for JSON.
	resolvedPath string
	existing     string
	writeActOutput
}

func tryWriteAct(ctx context.Context, input writeActInput) (writeActOutput, error) {
	if err := ctx.Err(); err != nil {
		return writeActOutput{}, fmt.Errorf("stopped before act %s in %q: %w", input.Act, boundedPath(input.Directory), err)
	}
	trial := writeTrial{ctx: ctx, existing: input.Existing}
	trial.Act, trial.Directory, trial.Outcome = input.Act, boundedPath(input.Directory), Untried
	directory, err := openDirectory(input.Directory)
	if err != nil {
		trial.Step, trial.Errno = "open-directory", errnoName(err)
		trial.Detail = "the directory cannot be opened, so the act was not tried"
		return trial.writeActOutput, nil
	}
	defer unix.Close(directory)
	trial.directory = directory
	if resolved, err := os.Readlink(descriptorPath(directory)); err == nil {
		trial.resolvedPath, trial.Resolved = resolved, boundedPath(resolved)
	}
	writeActs[input.Act](&trial)
	return trial.writeActOutput, nil
}

// decide records the answer of the system call that is the act.
func (t *writeTrial) decide(step string, err error) {
	t.Step, t.Errno, t.Outcome = step, errnoName(err), Succeeded
	if err != nil {
		t.Outcome = Refused
	}
}

func (t *writeTrial) leaveUntried(step string, err error, why string) {
	t.Step, t.Errno, t.Outcome, t.Detail = step, errnoName(err), Untried, why
}

// remove takes away a name that the probe made, and says so when it cannot.
func (t *writeTrial) remove(name string, flags int) {
	if err := unix.Unlinkat(t.directory, name, flags); err != nil {
		t.LeftBehind = boundedPath(filepath.Join(t.Resolved, name)) + ": " + errnoName(err)
	}
}

// descriptorPath lets calls that take only paths act on an open file.
func descriptorPath(descriptor int) string { return fmt.Sprintf("/proc/self/fd/%d", descriptor) }
