package request

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"sync"
	"time"

	"bootwright/agent/frame"
)

const (
	streamInput  = 0
	streamOutput = 1
	streamErrors = 2

	dataHeaderBytes = 6
)

// Call is one request under way: its parameters and its byte streams with their flow control.
type Call struct {
	id     uint32
	op     string
	params json.RawMessage
	server *Server
	ctx    context.Context
	cancel context.CancelFunc
	// afterwards runs when the response has been handed to the link.
	afterwards func()

	mu         sync.Mutex
	changed    *sync.Cond
	credit     [3]int
	input      []byte
	allowance  int
	consumed   int
	isInputEnd bool
}

func newCall(s *Server, h header) *Call {
	deadline := maxDeadline
	if h.DeadlineMs > 0 && h.DeadlineMs < float64(maxDeadline/time.Millisecond) {
		deadline = time.Duration(h.DeadlineMs * float64(time.Millisecond))
	}
	ctx, cancel := context.WithTimeout(s.ctx, deadline)
	streamWindow := s.session.Traits().StreamWindow
	call := &Call{
		id: h.ID, op: h.Op, params: h.Params, server: s, ctx: ctx, cancel: cancel,
		credit: [3]int{0, streamWindow, streamWindow}, allowance: streamWindow,
	}
	call.changed = sync.NewCond(&call.mu)
	context.AfterFunc(ctx, func() {
		call.mu.Lock()
		defer call.mu.Unlock()
		call.changed.Broadcast()
	})
	return call
}

func (c *Call) addCredit(stream byte, count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stream == streamOutput || stream == streamErrors {
		c.credit[stream] += count
		c.changed.Broadcast()
	}
}

// receive keeps input for the handler. A host that sends more than it may is cut off: the memory is bounded.
func (c *Call) receive(content []byte, isEnd bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allowance -= len(content)
	if c.allowance < 0 {
		c.cancel()
		return
	}
	c.input = append(c.input, content...)
	c.isInputEnd = c.isInputEnd || isEnd
	c.changed.Broadcast()
}

// Read implements io.Reader over the input stream.
func (c *Call) Read(into []byte) (int, error) {
	c.mu.Lock()
	for len(c.input) == 0 && !c.isInputEnd && c.ctx.Err() == nil {
		c.changed.Wait()
	}
	if err := c.ctx.Err(); err != nil {
		c.mu.Unlock()
		return 0, err
	}
	if len(c.input) == 0 {
		c.mu.Unlock()
		return 0, io.EOF
	}
	n := copy(into, c.input)
	c.input = c.input[n:]
	c.consumed += n
	grant := 0
	if c.consumed >= c.server.session.Traits().StreamWindow/2 {
		grant, c.consumed = c.consumed, 0
		c.allowance += grant
	}
	c.mu.Unlock()
	if grant > 0 {
		payload := binary.LittleEndian.AppendUint32(nil, c.id)
		payload = append(payload, streamInput)
		payload = binary.LittleEndian.AppendUint32(payload, uint32(grant))
		return n, c.server.session.Send(frame.Credit, payload)
	}
	return n, nil
}

// output is an io.Writer for one stream to the host; it waits for credit and for room in the window.
type output struct {
	call   *Call
	stream byte
}

func (o output) Write(all []byte) (int, error) {
	written := 0
	for written < len(all) {
		piece, err := o.takeCredit(min(len(all)-written, o.maxBytes()))
		if err != nil {
			return written, err
		}
		payload := make([]byte, dataHeaderBytes+piece)
		copy(o.content(payload), all[written:])
		if err := o.call.server.session.Send(frame.Data, payload); err != nil {
			return written, err
		}
		written += piece
	}
	return written, nil
}

// ReadFrom implements io.ReaderFrom: large content is read to where it is sent from.
func (o output) ReadFrom(from io.Reader) (int64, error) {
	sent := int64(0)
	for {
		credit, err := o.takeCredit(o.maxBytes())
		if err != nil {
			return sent, err
		}
		piece := frame.NewPiece()
		n, err := from.Read(o.content(piece.Payload()[:dataHeaderBytes+credit]))
		o.call.addCredit(o.stream, credit-n)
		if n > 0 {
			if err := o.sendPiece(piece, dataHeaderBytes+n); err != nil {
				return sent, err
			}
			sent += int64(n)
		} else {
			piece.Free()
		}
		if err == io.EOF {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
	}
}

// sendPiece copies what leaves most of a piece empty: the window bounds payloads and not the memory behind them.
func (o output) sendPiece(piece *frame.Piece, n int) error {
	if n >= frame.MaxPiecePayload/4 {
		return o.call.server.session.SendPiece(frame.Data, piece, n)
	}
	payload := bytes.Clone(piece.Payload()[:n])
	piece.Free()
	return o.call.server.session.Send(frame.Data, payload)
}

func (o output) maxBytes() int {
	return min(frame.MaxPiecePayload, o.call.server.session.Traits().MaxPayload) - dataHeaderBytes
}

// content writes the header of a data payload and gives what follows it.
func (o output) content(payload []byte) []byte {
	binary.LittleEndian.PutUint32(payload, o.call.id)
	payload[4], payload[5] = o.stream, 0
	return payload[dataHeaderBytes:]
}

// takeCredit waits for credit and takes at most wanted of it.
func (o output) takeCredit(wanted int) (int, error) {
	c := o.call
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.credit[o.stream] == 0 && c.ctx.Err() == nil {
		c.changed.Wait()
	}
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	taken := min(wanted, c.credit[o.stream])
	c.credit[o.stream] -= taken
	return taken, nil
}
