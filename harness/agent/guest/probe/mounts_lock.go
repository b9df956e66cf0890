package probe

import (
	"context"
	"fmt"
)

// mountsLock keeps probes apart that change, or rely on, what is writable: a write act that must be refused may not run
// while a remount has the superblock open for a moment. A channel and not a mutex, so that waiting can be cancelled.
var mountsLock = make(chan struct{}, 1)

func lockMounts(ctx context.Context) (unlock func(), err error) {
	select {
	case mountsLock <- struct{}{}:
		return func() { <-mountsLock }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waited for another probe to finish: %w", ctx.Err())
	}
}
