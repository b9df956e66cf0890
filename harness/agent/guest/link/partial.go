package link

import (
	"sync"
	"time"

	"bootwright/agent/frame"
)

// partialWatch gives up a frame that stays unfinished: its writer died in the middle of it.
type partialWatch struct {
	mu      sync.Mutex
	decoder frame.Decoder
	after   time.Duration
	timer   *time.Timer
}

func newPartialWatch(decoder frame.Decoder, after time.Duration) *partialWatch {
	return &partialWatch{decoder: decoder, after: after}
}

func (w *partialWatch) push(chunk []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	wasPartial := w.decoder.IsPartial()
	w.decoder.Push(chunk)
	switch {
	case !w.decoder.IsPartial():
		w.cancel()
	case !wasPartial || w.timer == nil:
		w.cancel()
		w.timer = time.AfterFunc(w.after, w.expire)
	}
}

func (w *partialWatch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.decoder.AbandonPartial()
	w.timer = nil
}

func (w *partialWatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel()
}

func (w *partialWatch) cancel() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}
