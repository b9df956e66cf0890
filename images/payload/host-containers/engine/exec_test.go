package engine

import (
	"testing"
	"time"
)

func TestOutputThatIsHeldOpenIsNotWaitedForForEver(t *testing.T) {
	if !waitFor(func() {}, time.Minute) {
		t.Error("expected the end of what ends")
	}
	held := make(chan struct{})
	defer close(held)
	if waitFor(func() { <-held }, time.Millisecond) {
		t.Error("expected no end of what does not end")
	}
}
