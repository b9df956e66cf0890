package request

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"bootwright/agent/frame"
	"bootwright/agent/probe"
)

// ClockSample relates the guest's clocks to the moment of an answer. The integers are exact in JSON.
type ClockSample struct {
	MonotonicNs int64 `json:"monotonicNs"`
	BoottimeNs  int64 `json:"boottimeNs"`
	RealtimeUs  int64 `json:"realtimeUs"`
}

// SampleClock reads the clocks now.
func SampleClock() ClockSample {
	return ClockSample{readClock(unix.CLOCK_MONOTONIC), readClock(unix.CLOCK_BOOTTIME), time.Now().UnixMicro()}
}

func readClock(id int32) int64 {
	var now unix.Timespec
	if unix.ClockGettime(id, &now) != nil {
		return 0
	}
	return now.Nano()
}

func ping(context.Context, *Call) (any, error) { return struct{}{}, nil }

func clock(context.Context, *Call) (any, error) { return SampleClock(), nil }

func counters(_ context.Context, call *Call) (any, error) { return call.server.session.Counters(), nil }

// mark sends an event: the moment is the guest's, not that of the request's arrival.
func mark(_ context.Context, call *Call) (any, error) {
	var params struct {
		Name string `json:"name"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	event, err := json.Marshal(map[string]any{"kind": "mark", "name": params.Name, "clock": SampleClock()})
	if err != nil {
		return nil, err
	}
	return struct{}{}, call.server.session.Send(frame.Event, event)
}

// source sends zero bytes as fast as the host takes them: the bulk test.
func source(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Bytes int64 `json:"bytes"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	bytes, err := copyAll(ctx, output{call, streamOutput}, io.LimitReader(zeros{}, params.Bytes))
	return map[string]any{"bytes": bytes}, err
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}

func runProbe(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Name  string          `json:"name"`
		Input json.RawMessage `json:"input"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	return probe.Run(ctx, params.Name, params.Input)
}
