// Package request answers what the host asks: one handler per file, each request in a goroutine of its own.
package request

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"bootwright/agent/frame"
	"bootwright/agent/link"
)

// handler returns the result of a request, to be written as JSON.
type handler func(ctx context.Context, call *Call) (any, error)

var handlers = map[string]handler{
	"ping":         ping,
	"clock":        clock,
	"counters":     counters,
	"exec":         execute,
	"read-file":    readFile,
	"write-file":   writeFile,
	"stat":         stat,
	"hash":         hash,
	"walk":         walk,
	"mkdir":        makeDirectory,
	"wait-path":    waitPath,
	"remove":       remove,
	"mounts":       mounts,
	"mount":        mountDisk,
	"unmount":      unmount,
	"sysctl-get":   sysctlGet,
	"sysctl-set":   sysctlSet,
	"unit":         unitState,
	"wait-unit":    waitUnit,
	"failed-units": failedUnits,
	"units":        listUnits,
	"unit-control": controlUnit,
	"unit-reload":  reloadUnits,
	"service":      service,
	"http":         askHTTP,
	"timeline":     timeline,
	"probe":        runProbe,
	"mark":         mark,
	"source":       source,
	"reboot":       reboot,
	"power-off":    powerOff,
}

const (
	maxCalls    = 64
	maxResponse = 1 << 20
	maxDeadline = 24 * time.Hour
)

// Server has the requests of one session.
type Server struct {
	session *link.Session
	ctx     context.Context
	mu      sync.Mutex
	calls   map[uint32]*Call
}

// NewServer ends all requests when the session ends.
func NewServer(session *link.Session) link.Receiver {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-session.Done()
		cancel()
	}()
	return &Server{session: session, ctx: ctx, calls: map[uint32]*Call{}}
}

type header struct {
	ID         uint32          `json:"id"`
	Op         string          `json:"op"`
	DeadlineMs float64         `json:"deadlineMs"`
	Params     json.RawMessage `json:"params"`
}

// Message implements link.Receiver.
func (s *Server) Message(kind frame.Type, payload []byte) {
	switch kind {
	case frame.Request:
		var h header
		if json.Unmarshal(payload, &h) == nil {
			s.start(h)
		}
	case frame.Cancel:
		var h header
		if json.Unmarshal(payload, &h) == nil {
			if call := s.find(h.ID); call != nil {
				call.cancel()
			}
		}
	case frame.Data:
		s.data(payload)
	case frame.Credit:
		if len(payload) != 9 {
			return
		}
		if call := s.find(binary.LittleEndian.Uint32(payload)); call != nil {
			call.addCredit(payload[4], int(binary.LittleEndian.Uint32(payload[5:])))
		}
	}
}

func (s *Server) find(id uint32) *Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

func (s *Server) data(payload []byte) {
	if len(payload) < dataHeaderBytes {
		return
	}
	if call := s.find(binary.LittleEndian.Uint32(payload)); call != nil && payload[4] == streamInput {
		call.receive(payload[dataHeaderBytes:], payload[5] == 1)
	}
}

func (s *Server) start(h header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle, isKnown := handlers[h.Op]
	switch {
	case !isKnown:
		go s.respond(h.ID, nil, &Failure{Code: "unknown-op", Message: fmt.Sprintf("this agent has no request %q", h.Op)})
	case s.calls[h.ID] != nil:
		go s.respond(h.ID, nil, invalid("request id %d is in use", h.ID))
	case len(s.calls) >= maxCalls:
		go s.respond(h.ID, nil, &Failure{Code: "busy", Message: fmt.Sprintf("%d requests are under way", maxCalls)})
	default:
		call := newCall(s, h)
		s.calls[h.ID] = call
		go s.run(call, handle)
	}
}

func (s *Server) run(call *Call, handle handler) {
	result, err := handle(call.ctx, call)
	call.cancel()
	s.mu.Lock()
	delete(s.calls, call.id)
	s.mu.Unlock()
	s.respond(call.id, result, err)
	if call.afterwards != nil {
		call.afterwards()
	}
}

func (s *Server) respond(id uint32, result any, err error) {
	response := struct {
		ID     uint32   `json:"id"`
		Result any      `json:"result"`
		Error  *Failure `json:"error,omitempty"`
	}{ID: id, Result: result}
	if err != nil {
		response.Result, response.Error = nil, failureOf(err)
	}
	payload, err := json.Marshal(response)
	if err == nil && len(payload) > maxResponse {
		err = fmt.Errorf("the answer has %d bytes, more than %d", len(payload), maxResponse)
	}
	if err != nil {
		response.Result, response.Error = nil, &Failure{Code: "failed", Message: err.Error()}
		payload, _ = json.Marshal(response)
	}
	_ = s.session.Send(frame.Response, payload)
}

// parse refuses fields that it does not know: a misspelt option must not be ignored.
func (c *Call) parse(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(c.params))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("parameters of %s: %v", c.op, err)
	}
	return nil
}
