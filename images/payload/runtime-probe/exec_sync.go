package main

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// A program that was run in a container.
type execFacts struct {
	Error    string `json:"error"`
	ExitCode int32  `json:"exitCode"`
	Output   string `json:"output"`
	Errors   string `json:"errors"`
	// What the runtime said: that the program's time was over. It is not that when we gave up to wait for the runtime.
	IsDeadlineExceeded bool  `json:"isDeadlineExceeded"`
	IsGivenUp          bool  `json:"isGivenUp"`
	TookMs             int64 `json:"tookMs"`
	// Processes of the container before it, and when it was over.
	ProcessesBefore int `json:"processesBefore"`
	ProcessesAfter  int `json:"processesAfter"`
}

const (
	// How much longer than a program's limit the runtime is waited for; on a loaded host under TCG it took 2 s (2026-11-30).
	limitTimeout = 40 * time.Second
	// For processes to go that were killed.
	goneTimeout = 10 * time.Second
	maxOutput   = 64 << 10
)

// exec runs a program; with a limit in seconds the runtime is to end it then.
func (p *pods) exec(ctx context.Context, id string, limitS int64, argv ...string) execFacts {
	var found execFacts
	pid, err := p.pid(ctx, id)
	if err != nil {
		return execFacts{Error: err.Error()}
	}
	found.ProcessesBefore = len(processesIn(cgroupOf(pid)))
	started := time.Now()
	waiting, cancel := shareOf(ctx)
	if limitS > 0 {
		waiting, cancel = context.WithTimeout(ctx, time.Duration(limitS)*time.Second+limitTimeout)
	}
	defer cancel()
	answer, err := p.runtimes.ExecSync(waiting, &cri.ExecSyncRequest{ContainerId: id, Cmd: argv, Timeout: limitS})
	found.TookMs = time.Since(started).Milliseconds()
	if err != nil {
		found.Error = err.Error()
		found.IsGivenUp = waiting.Err() != nil
		found.IsDeadlineExceeded = status.Code(err) == codes.DeadlineExceeded && !found.IsGivenUp
	}
	found.ExitCode = answer.GetExitCode()
	found.Output = bounded(answer.GetStdout())
	found.Errors = bounded(answer.GetStderr())
	gone, cancelGone := context.WithTimeout(ctx, goneTimeout)
	defer cancelGone()
	for {
		found.ProcessesAfter = len(processesIn(cgroupOf(pid)))
		if found.ProcessesAfter <= found.ProcessesBefore || pause(gone) != nil {
			return found
		}
	}
}

func bounded(text []byte) string { return string(text[:min(len(text), maxOutput)]) }
