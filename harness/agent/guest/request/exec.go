package request

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"bootwright/agent/child"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

type execParams struct {
	Argv           []string          `json:"argv"`
	Env            map[string]string `json:"env"`
	Cwd            string            `json:"cwd"`
	UID            *uint32           `json:"uid"`
	GID            *uint32           `json:"gid"`
	HasInput       bool              `json:"hasInput"`
	MaxOutputBytes int64             `json:"maxOutputBytes"`
}

type execResult struct {
	ExitCode    *int    `json:"exitCode"`
	Signal      *string `json:"signal"`
	IsTruncated bool    `json:"isTruncated"`
	ElapsedMs   float64 `json:"elapsedMs"`
	UserMs      float64 `json:"userMs"`
	SystemMs    float64 `json:"systemMs"`
	MaxRssKiB   int64   `json:"maxRssKiB"`
}

// execute runs a program without a shell, in a process group of its own that dies with the request.
func execute(ctx context.Context, call *Call) (any, error) {
	var params execParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	file, attr, err := params.program()
	if err != nil {
		return nil, err
	}
	out, err := newDrain(output{call, streamOutput}, output{call, streamErrors}, params.MaxOutputBytes)
	if err != nil {
		return nil, err
	}
	defer out.close()
	stdin, input, err := params.stdin()
	if err != nil {
		return nil, err
	}
	attr.Files = []uintptr{stdin.Fd(), uintptr(out.writers[0]), uintptr(out.writers[1])}
	start := time.Now()
	process, err := child.Start(file, params.Argv, attr)
	if input != nil {
		_ = stdin.Close()
		defer input.Close()
	}
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, process.KillGroup)
	defer stop()
	if input != nil {
		go func() {
			_, _ = io.Copy(input, call) // a program need not read all its input
			_ = input.Close()
		}()
	}
	out.start()
	end, err := process.Wait()
	elapsed := time.Since(start)
	if err != nil {
		return nil, err
	}
	out.finish()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s was killed with its process group after %d ms: %w", params.Argv[0], elapsed.Milliseconds(), ctx.Err())
	}
	return resultOf(end, elapsed, out.isTruncated.Load()), nil
}

func (p execParams) program() (file string, attr *syscall.ProcAttr, err error) {
	if len(p.Argv) == 0 || p.Argv[0] == "" {
		return "", nil, invalid("argv is empty")
	}
	path := defaultPath
	if p.Env != nil && p.Env["PATH"] != "" {
		path = p.Env["PATH"]
	}
	if file, err = findProgram(p.Argv[0], path); err != nil {
		return "", nil, err
	}
	attr = &syscall.ProcAttr{Dir: p.Cwd, Env: []string{"PATH=" + path}, Sys: &syscall.SysProcAttr{}}
	for name, value := range p.Env {
		if name != "PATH" {
			attr.Env = append(attr.Env, name+"="+value)
		}
	}
	if p.UID != nil || p.GID != nil {
		credential := &syscall.Credential{}
		if p.UID != nil {
			credential.Uid = *p.UID
		}
		if p.GID != nil {
			credential.Gid = *p.GID
		}
		attr.Sys.Credential = credential
	}
	return file, attr, nil
}

var devNull = sync.OnceValues(func() (*os.File, error) { return os.Open(os.DevNull) })

// stdin is the program's standard input, and with input of the host the end to be written to.
func (p execParams) stdin() (stdin, input *os.File, err error) {
	if p.HasInput {
		return os.Pipe()
	}
	stdin, err = devNull()
	return stdin, nil, err
}

func findProgram(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", &Failure{Code: "errno", Errno: "ENOENT", Message: fmt.Sprintf("no program %q in %s", name, path)}
}

func resultOf(end child.End, elapsed time.Duration, isTruncated bool) execResult {
	result := execResult{
		IsTruncated: isTruncated,
		ElapsedMs:   ms(elapsed),
		UserMs:      ms(time.Duration(end.Usage.Utime.Nano())),
		SystemMs:    ms(time.Duration(end.Usage.Stime.Nano())),
		MaxRssKiB:   end.Usage.Maxrss,
	}
	if end.Status.Signaled() {
		name := unix.SignalName(end.Status.Signal())
		result.Signal = &name
	} else {
		code := end.Status.ExitStatus()
		result.ExitCode = &code
	}
	return result
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
