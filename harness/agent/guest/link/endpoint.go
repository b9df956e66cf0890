package link

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"io"
	"sync"
	"time"

	"bootwright/agent/frame"
)

// Identity is what the agent says of itself; Clock samples the guest's clocks when the welcome is written.
type Identity struct {
	BootID        string
	AgentVersion  string
	KernelRelease string
	PID           int
	Clock         func() any
}

// Endpoint serves one byte stream after another.
type Endpoint struct {
	traits   Traits
	identity Identity
	accept   func(*Session) Receiver

	mu       sync.Mutex
	changed  *sync.Cond
	counters Counters
	session  *Session
	isClosed bool
	// isWriting: a frame has been taken from the window and is not written yet.
	isWriting bool

	readyDue, welcomeDue bool
	readyTimer           *time.Timer
}

// New makes an endpoint; accept is called when a host has said hello.
func New(traits Traits, identity Identity, accept func(*Session) Receiver) *Endpoint {
	e := &Endpoint{traits: traits, identity: identity, accept: accept, isClosed: true}
	e.changed = sync.NewCond(&e.mu)
	return e
}

// Serve announces a new session and works until the stream ends. The stream's Close must unblock its Read and Write.
func (e *Endpoint) Serve(stream io.ReadWriteCloser) error {
	e.mu.Lock()
	e.isClosed = false
	e.startSession()
	e.mu.Unlock()
	var writer sync.WaitGroup
	writer.Add(1)
	go func() {
		defer writer.Done()
		if e.write(stream) != nil {
			_ = stream.Close()
		}
	}()
	err := e.read(stream)
	e.mu.Lock()
	e.isClosed = true
	e.session.close()
	e.changed.Broadcast()
	e.mu.Unlock()
	_ = stream.Close()
	writer.Wait()
	return err
}

func (e *Endpoint) startSession() {
	if e.session != nil {
		e.session.close()
	}
	var id [4]byte
	for binary.LittleEndian.Uint32(id[:]) == 0 {
		_, _ = rand.Read(id[:]) // never fails since Go 1.24
	}
	e.session = &Session{
		endpoint:    e,
		id:          binary.LittleEndian.Uint32(id[:]),
		done:        make(chan struct{}),
		resendAfter: firstResend,
	}
	e.session.window.nextNew = 1
	e.announce()
}

// announce says ready now and every second until a host says hello.
func (e *Endpoint) announce() {
	if e.isClosed || e.session.receiver != nil {
		return
	}
	e.readyDue = true
	e.changed.Broadcast()
	if e.readyTimer != nil {
		e.readyTimer.Stop()
	}
	e.readyTimer = e.later(readyEvery, e.announce)
}

// later runs f with the mutex held.
func (e *Endpoint) later(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		f()
		e.changed.Broadcast()
	})
}

func (e *Endpoint) read(stream io.Reader) error {
	decoder := e.traits.NewDecoder(frame.Events{
		Frame:   e.receive,
		Text:    func([]byte) {},
		Damaged: e.damaged,
		Cut:     func(n int) { e.count(func(c *Counters) { c.ConsoleCuts += uint64(n) }) },
	})
	watch := newPartialWatch(decoder, e.traits.PartialAfter)
	defer watch.stop()
	buffer := make([]byte, 64<<10)
	for {
		n, err := stream.Read(buffer)
		if err != nil {
			return err
		}
		e.count(func(c *Counters) { c.BytesReceived += uint64(n) })
		watch.push(buffer[:n])
	}
}

func (e *Endpoint) count(change func(*Counters)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(&e.counters)
}

func (e *Endpoint) damaged() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.counters.Damaged++
	if e.session.receiver != nil {
		e.session.requestNak()
		e.changed.Broadcast()
	}
}

func (e *Endpoint) receive(f frame.Frame) {
	e.mu.Lock()
	e.counters.FramesReceived++
	s := e.session
	if !f.IsFromHost {
		e.counters.ForeignSession++
	} else if f.Type == frame.Hello {
		e.hello(f)
	} else if f.Session != s.id || s.receiver == nil {
		e.counters.ForeignSession++
	} else if message, isComplete := s.receive(f); isComplete {
		e.changed.Broadcast()
		e.mu.Unlock()
		s.receiver.Message(f.Type, message)
		return
	}
	e.changed.Broadcast()
	e.mu.Unlock()
}

// hello accepts a host, or answers one that came back with a fresh session. A hello to an earlier session is late and
// means nothing: answering it with another session would never end.
func (e *Endpoint) hello(f frame.Frame) {
	var greeting struct {
		Nonce string `json:"nonce"`
	}
	if json.Unmarshal(f.Payload, &greeting) != nil || greeting.Nonce == "" || len(greeting.Nonce) > 64 {
		e.counters.ForeignSession++
		return
	}
	s := e.session
	switch {
	case f.Session != s.id && f.Session != 0:
		e.counters.ForeignSession++
	case s.receiver != nil && s.nonce == greeting.Nonce:
		e.welcomeDue = true
	case s.receiver != nil:
		e.startSession()
	case f.Session == 0:
		e.announce()
	default:
		s.nonce = greeting.Nonce
		s.receiver = e.accept(s)
		e.welcomeDue = true
		e.readyDue = false
	}
}

func (e *Endpoint) write(stream io.Writer) error {
	frames := make([]frame.Frame, 0, e.traits.Batch)
	for {
		e.mu.Lock()
		frames = e.batch(frames[:0])
		for len(frames) == 0 && !e.isClosed {
			e.changed.Wait()
			frames = e.batch(frames)
		}
		if len(frames) == 0 {
			e.mu.Unlock()
			return nil
		}
		e.counters.FramesSent += uint64(len(frames))
		e.isWriting = true
		e.mu.Unlock()
		n, err := e.traits.Write(stream, frames)
		e.mu.Lock()
		e.counters.BytesSent += uint64(n)
		e.isWriting = false
		e.changed.Broadcast()
		e.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// batch adds what there is to be sent now, as much as fits.
func (e *Endpoint) batch(frames []frame.Frame) []frame.Frame {
	for len(frames) < e.traits.Batch {
		f, ok := e.next()
		if !ok {
			break
		}
		frames = append(frames, f)
	}
	return frames
}

func (e *Endpoint) next() (frame.Frame, bool) {
	if e.isClosed {
		return frame.Frame{}, false
	}
	s := e.session
	switch {
	case e.readyDue:
		e.readyDue = false
		return frame.Frame{Session: s.id, Type: frame.Ready, Payload: e.readyPayload()}, true
	case e.welcomeDue:
		e.welcomeDue = false
		return frame.Frame{Session: s.id, Type: frame.Welcome, Payload: e.welcomePayload()}, true
	case s.receiver == nil:
		return frame.Frame{}, false
	}
	return s.next()
}

func (e *Endpoint) readyPayload() []byte {
	payload, _ := json.Marshal(map[string]any{
		"bootId": e.identity.BootID, "agentVersion": e.identity.AgentVersion, "pid": e.identity.PID,
	})
	return payload
}

func (e *Endpoint) welcomePayload() []byte {
	payload, _ := json.Marshal(map[string]any{
		"nonce": e.session.nonce, "bootId": e.identity.BootID, "agentVersion": e.identity.AgentVersion,
		"kernelRelease": e.identity.KernelRelease, "pid": e.identity.PID, "clock": e.identity.Clock(),
	})
	return payload
}
