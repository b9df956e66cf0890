package link

import "bootwright/agent/frame"

type unacked struct {
	seq     uint32
	kind    frame.Type
	hasMore bool
	payload []byte
	// piece is the memory around the payload, or nil.
	piece *frame.Piece
}

// window holds what was sent and may have to be sent again (go-back-N).
type window struct {
	frames  []unacked
	bytes   int
	lastSeq uint32
	// cursor is the index of the frame to be transmitted next; below nextNew all were transmitted once.
	cursor  int
	nextNew uint32
}

func (w *window) hasRoom(n, limit int) bool { return len(w.frames) == 0 || w.bytes+n <= limit }

// add splits a message into frames of at most maxPayload bytes.
func (w *window) add(kind frame.Type, payload []byte, maxPayload int) {
	for first := true; first || len(payload) > 0; first = false {
		n := min(maxPayload, len(payload))
		w.lastSeq++
		w.frames = append(w.frames, unacked{w.lastSeq, kind, n < len(payload), payload[:n], nil})
		w.bytes += n
		payload = payload[n:]
	}
}

// addPiece is add for the first n bytes of a piece.
func (w *window) addPiece(kind frame.Type, piece *frame.Piece, n int) {
	w.lastSeq++
	w.frames = append(w.frames, unacked{w.lastSeq, kind, false, piece.Payload()[:n], piece})
	w.bytes += n
}

func (w *window) next() (f unacked, isAgain, ok bool) {
	if w.cursor >= len(w.frames) {
		return unacked{}, false, false
	}
	f = w.frames[w.cursor]
	w.cursor++
	isAgain = f.seq < w.nextNew
	if !isAgain {
		w.nextNew = f.seq + 1
	}
	return f, isAgain, true
}

func (w *window) rewind() { w.cursor = 0 }

// acknowledge frees frames; an ack of what was never sent is no ack. A host that acknowledges what it does not have yet
// gets a frame with a wrong check value at worst.
func (w *window) acknowledge(ack uint32) (freed bool) {
	if ack >= w.nextNew {
		return false
	}
	n := 0
	for n < len(w.frames) && w.frames[n].seq <= ack {
		w.bytes -= len(w.frames[n].payload)
		if piece := w.frames[n].piece; piece != nil {
			piece.Free()
		}
		n++
	}
	w.frames = append([]unacked(nil), w.frames[n:]...)
	w.cursor = max(0, w.cursor-n)
	return n > 0
}
