package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/cio"
)

const (
	maxOutput = 1 << 20
	// drainTime is for what a program printed before its end to get here: a process that it left behind may hold its output
	// for ever.
	drainTime = 10 * time.Second
)

// Result is what became of a program that was run in a container.
type Result struct {
	ExitStatus uint32 `json:"exitStatus"`
	Stdout     string `json:"stdout"`
	Stderr     string `json:"stderr"`
	// IsTruncated: more than a mebibyte was printed to one of them, or another process goes on to hold one.
	IsTruncated bool `json:"isTruncated"`
}

var execs atomic.Uint64

// Exec runs a program in the container to its end; it is killed when ctx ends.
func (c *Container) Exec(ctx context.Context, argv []string) (_ Result, err error) {
	spec, err := c.container.Spec(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("spec of container %s: %w", c.container.ID(), err)
	}
	process := *spec.Process
	process.Args = argv
	var stdout, stderr bounded
	streams := cio.NewCreator(cio.WithStreams(nil, &stdout, &stderr), cio.WithFIFODir(fifoDir))
	task, err := c.task.Exec(ctx, "exec-"+strconv.FormatUint(execs.Add(1), 10), &process, streams)
	if err != nil {
		return Result{}, fmt.Errorf("run %q in container %s: %w", argv[0], c.container.ID(), err)
	}
	defer func() {
		inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
		defer cancel()
		_, deleteErr := task.Delete(inTime, containerd.WithProcessKill)
		err = errors.Join(err, deleteErr)
	}()
	exited, err := task.Wait(context.WithoutCancel(ctx))
	if err != nil {
		return Result{}, err
	}
	if err := task.Start(ctx); err != nil {
		return Result{}, fmt.Errorf("run %q in container %s: %w", argv[0], c.container.ID(), err)
	}
	select {
	case status := <-exited:
		isWhole := waitFor(task.IO().Wait, drainTime)
		isTruncated := !isWhole || stdout.isTruncated() || stderr.isTruncated()
		return Result{status.ExitCode(), stdout.text(), stderr.text(), isTruncated}, status.Error()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("%q in container %s was killed: %w", argv[0], c.container.ID(), ctx.Err())
	}
}

// waitFor tells whether that ended in time. Where it did not it goes on, until task.Delete closes the streams.
func waitFor(end func(), atMost time.Duration) bool {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end()
	}()
	limit := time.NewTimer(atMost)
	defer limit.Stop()
	select {
	case <-ended:
		return true
	case <-limit.C:
		return false
	}
}

// bounded keeps the first mebibyte and takes the rest without keeping it, so that the program goes on.
type bounded struct {
	mu   sync.Mutex
	kept bytes.Buffer
	lost bool
}

func (b *bounded) Write(piece []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	room := maxOutput - b.kept.Len()
	if len(piece) > room {
		b.lost = true
	}
	b.kept.Write(piece[:min(room, len(piece))])
	return len(piece), nil
}

func (b *bounded) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.kept.String()
}

func (b *bounded) isTruncated() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}
