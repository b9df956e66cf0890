package link

import (
	"errors"
	"time"

	"bootwright/agent/frame"
)

// ErrSessionLost is what a sender gets whose host has gone or has started anew.
var ErrSessionLost = errors.New("the session has ended")

// Receiver gets each message once and in order. It must not block: the reader waits for it.
type Receiver interface {
	Message(kind frame.Type, payload []byte)
}

// Session is one conversation with one host. All its state is guarded by the endpoint's mutex.
type Session struct {
	endpoint *Endpoint
	id       uint32
	nonce    string
	receiver Receiver
	isOver   bool
	done     chan struct{}

	window        window
	lastReceived  uint32
	bytesSinceAck int
	framesSince   int
	fragments     []byte
	fragmentCount int
	nakAfter      uint32
	nakAt         time.Time

	ackDue, nakDue  bool
	ackTimer, again *time.Timer
	nakTimer        *time.Timer
	resendAfter     time.Duration
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Traits are those of the session's framing.
func (s *Session) Traits() Traits { return s.endpoint.traits }

// Counters are the endpoint's since its start.
func (s *Session) Counters() Counters {
	s.endpoint.mu.Lock()
	defer s.endpoint.mu.Unlock()
	return s.endpoint.counters
}

// Send puts a message into the window and waits for room there first. The payload must not be changed afterwards.
func (s *Session) Send(kind frame.Type, payload []byte) error {
	return s.enqueue(len(payload), func() { s.window.add(kind, payload, s.endpoint.traits.MaxPayload) })
}

// SendPiece is Send for the first n bytes of a piece, which is used again when the host has acknowledged it.
func (s *Session) SendPiece(kind frame.Type, piece *frame.Piece, n int) error {
	return s.enqueue(n, func() { s.window.addPiece(kind, piece, n) })
}

func (s *Session) enqueue(n int, add func()) error {
	e := s.endpoint
	e.mu.Lock()
	defer e.mu.Unlock()
	for !s.isOver && !s.window.hasRoom(n, e.traits.Window) {
		e.changed.Wait()
	}
	if s.isOver {
		return ErrSessionLost
	}
	add()
	s.armResend()
	e.changed.Broadcast()
	return nil
}

// Flush waits until all that was sent has been written to the stream, at most a second.
func (s *Session) Flush() {
	e := s.endpoint
	e.mu.Lock()
	defer e.mu.Unlock()
	isLate := false
	timer := e.later(time.Second, func() { isLate = true })
	defer timer.Stop()
	for !s.isOver && !isLate && (e.isWriting || s.window.cursor < len(s.window.frames)) {
		e.changed.Wait()
	}
}

func (s *Session) close() {
	if s.isOver {
		return
	}
	s.isOver = true
	close(s.done)
	s.stopTimers()
	s.window = window{}
	s.endpoint.changed.Broadcast()
}

func (s *Session) stopTimers() {
	if s.ackTimer != nil {
		s.ackTimer.Stop()
	}
	if s.again != nil {
		s.again.Stop()
	}
	if s.nakTimer != nil {
		s.nakTimer.Stop()
	}
}

// receive takes a frame of this session and returns the message that it completes, if any.
func (s *Session) receive(f frame.Frame) (message []byte, isComplete bool) {
	if s.window.acknowledge(f.Ack) {
		s.disarmResend()
		s.armResend()
	}
	if f.Type == frame.Nak {
		s.window.rewind()
	}
	if !f.Type.IsSequenced() {
		return nil, false
	}
	switch {
	case f.Seq <= s.lastReceived:
		s.endpoint.counters.Duplicates++
		s.scheduleAck()
		return nil, false
	case f.Seq > s.lastReceived+1:
		s.requestNak()
		return nil, false
	}
	s.lastReceived = f.Seq
	s.nakAt = time.Time{}
	s.bytesSinceAck += len(f.Payload)
	s.framesSince++
	if s.bytesSinceAck >= s.endpoint.traits.AckEvery || s.framesSince >= 1024 {
		s.ackDue = true
	} else {
		s.scheduleAck()
	}
	return s.assemble(f)
}

func (s *Session) assemble(f frame.Frame) ([]byte, bool) {
	if !f.HasMore && s.fragmentCount == 0 {
		return f.Payload, true
	}
	s.fragmentCount++
	s.fragments = append(s.fragments, f.Payload...)
	if len(s.fragments) > maxMessage || s.fragmentCount > maxFragments {
		s.close()
		return nil, false
	}
	if f.HasMore {
		return nil, false
	}
	message := s.fragments
	s.fragments, s.fragmentCount = nil, 0
	return message, true
}

// requestNak: each frame behind a gap asks for a nak. One is enough, and another when what was asked for was damaged again.
func (s *Session) requestNak() {
	if wait := nakAgain - time.Since(s.nakAt); s.nakAfter == s.lastReceived && wait > 0 {
		if s.nakTimer == nil {
			s.nakTimer = s.endpoint.later(wait, func() {
				s.nakTimer = nil
				if !s.isOver && !s.nakAt.IsZero() {
					s.requestNak()
				}
			})
		}
		return
	}
	s.nakAfter, s.nakAt = s.lastReceived, time.Now()
	s.nakDue = true
}

func (s *Session) scheduleAck() {
	if !s.endpoint.traits.IsLossy || s.ackTimer != nil {
		return
	}
	s.ackTimer = s.endpoint.later(ackDelay, func() {
		s.ackTimer = nil
		s.ackDue = s.bytesSinceAck > 0 || s.framesSince > 0 || s.ackDue
	})
	s.framesSince = max(s.framesSince, 1)
}

func (s *Session) disarmResend() {
	if s.again != nil {
		s.again.Stop()
		s.again = nil
	}
	s.resendAfter = firstResend
}

// armResend waits twice as long after each resend that brought no ack.
func (s *Session) armResend() {
	if !s.endpoint.traits.IsLossy || s.again != nil || len(s.window.frames) == 0 {
		return
	}
	s.again = s.endpoint.later(s.resendAfter, func() {
		s.again = nil
		if s.isOver || len(s.window.frames) == 0 {
			return
		}
		s.resendAfter = min(2*s.resendAfter, maxResend)
		s.window.rewind()
		s.armResend()
	})
}

// next is the frame to be transmitted now: what was asked for again and new frames first, a bare ack when none.
func (s *Session) next() (frame.Frame, bool) {
	f := frame.Frame{Session: s.id, Ack: s.lastReceived}
	switch {
	case s.nakDue:
		f.Type = frame.Nak
	default:
		out, isAgain, ok := s.window.next()
		if !ok && !s.ackDue {
			return f, false
		}
		f.Type = frame.Ack
		if ok {
			f.Seq, f.Type, f.HasMore, f.Payload, f.Piece = out.seq, out.kind, out.hasMore, out.payload, out.piece
		}
		if isAgain {
			s.endpoint.counters.Resent++
		}
	}
	s.nakDue, s.ackDue = false, false
	s.bytesSinceAck, s.framesSince = 0, 0
	return f, true
}
