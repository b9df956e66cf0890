package request

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"bootwright/agent/child"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// A descendant may keep the output open after the program has ended; this long without output is the end then.
const quietAfterExit = 200 * time.Millisecond

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
	cmd, err := params.command()
	if err != nil {
		return nil, err
	}
	out, err := newDrain(cmd, output{call, streamOutput}, output{call, streamErrors}, params.MaxOutputBytes)
	if err != nil {
		return nil, err
	}
	defer out.close()
	var input io.WriteCloser
	if params.HasInput {
		if input, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
	}
	start := time.Now()
	if err := child.Start(cmd); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL) })
	defer stop()
	if input != nil {
		go func() {
			_, _ = io.Copy(input, call) // a program need not read all its input
			_ = input.Close()
		}()
	}
	out.start()
	err = child.Wait(cmd)
	elapsed := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	out.finish()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s was killed with its process group after %d ms: %w", params.Argv[0], elapsed.Milliseconds(), ctx.Err())
	}
	return resultOf(cmd.ProcessState, elapsed, out.isTruncated.Load()), nil
}

func (p execParams) command() (*exec.Cmd, error) {
	if len(p.Argv) == 0 || p.Argv[0] == "" {
		return nil, invalid("argv is empty")
	}
	path := defaultPath
	if p.Env != nil && p.Env["PATH"] != "" {
		path = p.Env["PATH"]
	}
	file, err := findProgram(p.Argv[0], path)
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: file, Args: p.Argv, Dir: p.Cwd}
	cmd.Env = []string{"PATH=" + path}
	for name, value := range p.Env {
		if name != "PATH" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if p.UID != nil || p.GID != nil {
		credential := &syscall.Credential{}
		if p.UID != nil {
			credential.Uid = *p.UID
		}
		if p.GID != nil {
			credential.Gid = *p.GID
		}
		cmd.SysProcAttr.Credential = credential
	}
	return cmd, nil
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

func resultOf(state *os.ProcessState, elapsed time.Duration, isTruncated bool) execResult {
	result := execResult{IsTruncated: isTruncated, ElapsedMs: ms(elapsed), UserMs: ms(state.UserTime()), SystemMs: ms(state.SystemTime())}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		result.MaxRssKiB = usage.Maxrss
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		name := unix.SignalName(status.Signal())
		result.Signal = &name
	} else {
		code := state.ExitCode()
		result.ExitCode = &code
	}
	return result
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// drain copies a program's two outputs to the host. A program whose output is over the limit is still read, so that
// it runs as it would.
type drain struct {
	readers     [2]*os.File
	writers     [2]*os.File
	outputs     [2]output
	left        atomic.Int64
	hasExited   atomic.Bool
	isTruncated atomic.Bool
	copying     sync.WaitGroup
}

func newDrain(cmd *exec.Cmd, stdout, stderr output, maxBytes int64) (*drain, error) {
	d := &drain{outputs: [2]output{stdout, stderr}}
	if maxBytes <= 0 {
		maxBytes = 1 << 62
	}
	d.left.Store(maxBytes)
	for i := range d.readers {
		var err error
		if d.readers[i], d.writers[i], err = os.Pipe(); err != nil {
			d.close()
			return nil, err
		}
	}
	cmd.Stdout, cmd.Stderr = d.writers[0], d.writers[1]
	return d, nil
}

func (d *drain) start() {
	for i := range d.readers {
		_ = d.writers[i].Close()
		d.copying.Add(1)
		go d.copy(d.readers[i], d.outputs[i])
	}
}

func (d *drain) copy(from *os.File, to output) {
	defer d.copying.Done()
	buffer := make([]byte, 64<<10)
	for {
		if d.hasExited.Load() {
			_ = from.SetReadDeadline(time.Now().Add(quietAfterExit))
		}
		n, err := from.Read(buffer)
		if n > 0 {
			d.forward(buffer[:n], to)
		}
		if err != nil {
			return
		}
	}
}

func (d *drain) forward(bytes []byte, to output) {
	allowed := min(int64(len(bytes)), max(0, d.left.Add(-int64(len(bytes)))+int64(len(bytes))))
	if allowed < int64(len(bytes)) {
		d.isTruncated.Store(true)
	}
	_, _ = to.Write(bytes[:allowed]) // when the request is over there is nobody to write to
}

func (d *drain) finish() {
	d.hasExited.Store(true)
	for _, reader := range d.readers {
		_ = reader.SetReadDeadline(time.Now().Add(quietAfterExit))
	}
	d.copying.Wait()
}

func (d *drain) close() {
	for i := range d.readers {
		if d.readers[i] != nil {
			_ = d.readers[i].Close()
			_ = d.writers[i].Close()
		}
	}
}
