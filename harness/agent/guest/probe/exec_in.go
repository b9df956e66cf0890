package probe

import (
	"context"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"bootwright/agent/child"
)

type execInInput struct {
	Directory string `json:"directory"`
}

type execInOutput struct {
	Directory string  `json:"directory"`
	Outcome   Outcome `json:"outcome"`
	Step      string  `json:"step"`
	Errno     string  `json:"errno"`
	// ExitCode is 42 when our program ran; absent when it did not, or when someone else reaped it.
	ExitCode      *int   `json:"exitCode,omitempty"`
	MmapTried     bool   `json:"mmapTried"`
	MmapExecErrno string `json:"mmapExecErrno"`
	Detail        string `json:"detail,omitempty"`
	LeftBehind    string `json:"leftBehind,omitempty"`
}

// runExecIn writes a tiny static program into the directory, maps it executable, and executes it.
func runExecIn(_ context.Context, input execInInput) (output execInOutput, err error) {
	if err := checkAbsolute("directory", input.Directory); err != nil {
		return execInOutput{}, err
	}
	output = execInOutput{Directory: boundedPath(input.Directory), Outcome: Untried, Step: "open-directory"}
	directory, err := openDirectory(input.Directory)
	if err != nil {
		output.Errno = errnoName(err)
		return output, nil
	}
	defer unix.Close(directory)

	name := temporaryName()
	path := filepath.Join(input.Directory, name)
	output.Step = "write-program"
	created, err := writeProgram(directory, name)
	if created {
		defer func() {
			if err := unix.Unlinkat(directory, name, 0); err != nil {
				output.LeftBehind = boundedPath(path)
			}
		}()
	}
	if err != nil {
		output.Errno = errnoName(err)
		output.Detail = "the program could not be put there, so nothing is known about running it"
		return output, nil
	}
	output.MmapTried = true
	output.MmapExecErrno = errnoName(mapExecutable(directory, name))
	execute(path, &output)
	return output, nil
}

// writeProgram holds syscall.ForkLock: a child forked meanwhile by another request would inherit the descriptor open
// for writing until its own execve, and ours would fail with ETXTBSY (go.dev/issue/22315).
func writeProgram(directory int, name string) (created bool, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := createFile(directory, name)
	if err != nil {
		return false, err
	}
	defer unix.Close(file)
	if _, err := unix.Write(file, elfPayload()); err != nil {
		return true, err
	}
	return true, unix.Fchmod(file, 0o755)
}

func mapExecutable(directory int, name string) error {
	file, err := unix.Openat(directory, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	mapping, err := unix.Mmap(file, 0, len(elfPayload()), unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	return unix.Munmap(mapping)
}

func execute(path string, output *execInOutput) {
	output.Step = "execve"
	process, err := child.Start(path, []string{path}, &syscall.ProcAttr{Env: []string{}, Sys: &syscall.SysProcAttr{}})
	if err != nil {
		output.Outcome, output.Errno = Refused, errnoName(err)
		return
	}
	// Start returns success only after the child's execve did: from here on the program has started.
	output.Outcome, output.Step = Succeeded, "wait"
	end, err := process.Wait()
	code := end.Status.ExitStatus() // -1 when a signal ended it
	output.ExitCode = &code
	output.Step, output.Errno = "done", errnoName(err)
	if code != payloadExitCode {
		output.Detail = "the program started but did not end as it should"
	}
}
