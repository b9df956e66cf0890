package link

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"bootwright/agent/frame"
)

// host is the least that can talk to an endpoint: it says hello and then uses a session of its own.
type host struct {
	t       *testing.T
	conn    net.Conn
	traits  Traits
	damage  func([]byte) []byte
	mu      sync.Mutex
	session *Session
	ready   chan uint32
	welcome chan struct{}
	got     chan []byte
}

type collector struct{ got chan []byte }

func (c collector) Message(_ frame.Type, payload []byte) { c.got <- payload }

func start(t *testing.T, traits Traits, damage func([]byte) []byte) (*host, chan *Session, chan []byte) {
	near, far := net.Pipe()
	sessions := make(chan *Session, 10)
	received := make(chan []byte, 1000)
	identity := Identity{BootID: "b", AgentVersion: "v", Clock: func() any { return nil }}
	endpoint := New(traits, identity, func(s *Session) Receiver {
		sessions <- s
		return collector{received}
	})
	go func() { _ = endpoint.Serve(far) }()
	h := &host{t: t, conn: near, traits: traits, damage: damage,
		ready: make(chan uint32, 10), welcome: make(chan struct{}, 10), got: make(chan []byte, 1000)}
	go h.read()
	t.Cleanup(func() { _ = near.Close() })
	return h, sessions, received
}

func (h *host) read() {
	decoder := h.traits.NewDecoder(frame.Events{
		Text:    func([]byte) {},
		Cut:     func(int) {},
		Damaged: func() {},
		Frame: func(f frame.Frame) {
			switch f.Type {
			case frame.Ready:
				h.ready <- f.Session
			case frame.Welcome:
				h.welcome <- struct{}{}
			default:
				h.got <- f.Payload
			}
		},
	})
	buffer := make([]byte, 4096)
	for {
		n, err := h.conn.Read(buffer)
		if err != nil {
			return
		}
		decoder.Push(h.damage(slices.Clone(buffer[:n])))
	}
}

func (h *host) send(f frame.Frame) {
	f.IsFromHost = true
	var raw bytes.Buffer
	_, _ = h.traits.Write(&raw, []frame.Frame{f})
	if _, err := io.Copy(h.conn, &raw); err != nil {
		h.t.Error(err)
	}
}

func (h *host) hello(session uint32, nonce string) {
	payload, _ := json.Marshal(map[string]string{"nonce": nonce})
	h.send(frame.Frame{Session: session, Type: frame.Hello, Payload: payload})
}

func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case value := <-c:
		return value
	case <-time.After(10 * time.Second):
		t.Fatalf("%s did not come within 10 s", what)
		panic("not reached")
	}
}

func clean(b []byte) []byte { return b }

func TestHelloIsAnsweredAndASecondHostGetsAFreshSession(t *testing.T) {
	h, sessions, _ := start(t, Binary, clean)
	id := within(t, "ready", h.ready)
	h.hello(id, "first")
	within(t, "welcome", h.welcome)
	first := within(t, "session", sessions)
	h.hello(id, "first") // the welcome may have been lost
	within(t, "second welcome", h.welcome)
	h.hello(0, "second")
	again := within(t, "ready of another session", h.ready)
	if again == id {
		t.Fatal("the second host got the first one's session")
	}
	within(t, "end of the first session", first.Done())
	h.hello(id, "first") // late, and answered by nothing
	h.hello(again, "second")
	within(t, "welcome", h.welcome)
}

func TestEchoedAndForeignFramesAreNotBelieved(t *testing.T) {
	h, _, received := start(t, Line, clean)
	id := within(t, "ready", h.ready)
	h.hello(id, "n")
	within(t, "welcome", h.welcome)
	var echo bytes.Buffer
	_, _ = Line.Write(&echo, []frame.Frame{{Session: id, Seq: 1, Type: frame.Request, Payload: []byte("echo")}})
	_, _ = h.conn.Write(echo.Bytes())
	h.send(frame.Frame{Session: id + 1, Seq: 1, Type: frame.Request, Payload: []byte("foreign")})
	h.send(frame.Frame{Session: id, Seq: 1, Type: frame.Request, Payload: []byte("good")})
	if got := within(t, "message", received); string(got) != "good" {
		t.Errorf("got %q", got)
	}
}

// Frames of the agent are damaged on their way; the host asks for what is missing and gets everything in order.
func TestDamagedFramesAreSentAgain(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	var broken int
	h, sessions, _ := start(t, Line, func(b []byte) []byte {
		if (broken == 0 || random.Intn(4) == 0) && broken < 20 && bytes.Contains(b, []byte("13:")) { // data frames only
			broken++
			b[len(b)/2] ^= 4
		}
		return b
	})
	id := within(t, "ready", h.ready)
	h.hello(id, "n")
	within(t, "welcome", h.welcome)
	session := within(t, "session", sessions)
	const count = 50
	go func() {
		for i := range count {
			if session.Send(frame.Data, []byte{byte(i)}) != nil {
				return
			}
		}
	}()
	// With a window of frames under way, an ack per frame and a nak on silence bring all of them.
	seen := map[byte]bool{}
	for len(seen) < count {
		select {
		case payload := <-h.got:
			seen[payload[0]] = true
		case <-time.After(100 * time.Millisecond):
		}
		upTo := uint32(0)
		for seen[byte(upTo)] && upTo < count {
			upTo++
		}
		h.send(frame.Frame{Session: id, Ack: upTo, Type: frame.Nak})
	}
	if session.Counters().Resent == 0 {
		t.Error("nothing was sent again")
	}
}

func TestSendWaitsForRoomInTheWindow(t *testing.T) {
	h, sessions, _ := start(t, Line, clean)
	id := within(t, "ready", h.ready)
	h.hello(id, "n")
	within(t, "welcome", h.welcome)
	session := within(t, "session", sessions)
	sent := make(chan int, 100)
	go func() {
		for i := range 20 {
			if session.Send(frame.Data, make([]byte, frame.MaxLineData)) != nil {
				return
			}
			sent <- i
		}
	}()
	for range 16 {
		within(t, "room", sent)
	}
	select {
	case <-sent:
		t.Error("the window has no bound")
	case <-time.After(50 * time.Millisecond):
	}
	h.send(frame.Frame{Session: id, Ack: 16, Type: frame.Ack})
	for range 4 {
		within(t, "room after the ack", sent)
	}
}
