package request

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const lookForPathEvery = 50 * time.Millisecond

// waitPath waits until there is something at a path, or nothing. It looks again and again: files of the kernel, as a process's
// in /proc, tell nobody that they come and go.
func waitPath(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Path    string `json:"path"`
		IsThere bool   `json:"isThere"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	again := time.NewTicker(lookForPathEvery)
	defer again.Stop()
	for {
		_, err := os.Lstat(params.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if (err == nil) == params.IsThere {
			return SampleClock(), nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is still as it was: %w", params.Path, ctx.Err())
		case <-again.C:
		}
	}
}
