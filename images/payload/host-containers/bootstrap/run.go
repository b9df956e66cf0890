// Package bootstrap runs user data in a container, once before the node's other containers. The behaviour is that of
// Bottlerocket's bootstrap containers: modes once, always and off, and a failure that stops the boot where it must.
package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bootwright/host-containers/engine"
)

const (
	archive = "/usr/lib/host-containers/bootstrap.tar"
	// setupTime is for all but the user data: a containerd that hangs must not hold the boot up for ever.
	setupTime = 5 * time.Minute
)

// Run runs the bootstrap container of that name to its end, tells what became of it, and returns whether all is well.
func Run(ctx context.Context, name string) bool {
	report := reporter{name: name}
	settings, err := ReadSettings(os.Getenv("CREDENTIALS_DIRECTORY"), name)
	if err != nil {
		return report.failed("not-started", err, 0)
	}
	report.digest = settings.Digest()
	if settings.Mode == Off {
		return report.skipped("its mode is off")
	}
	if settings.Mode == Once {
		if ran, err := hasRan(name); err != nil || ran {
			if err != nil {
				return report.failed("not-started", err, 0)
			}
			return report.skipped("it ran before and its mode is once")
		}
	}
	report.begun(settings)
	started := time.Now()
	if err := runToEnd(ctx, settings); err != nil {
		result := "failed"
		if errors.Is(err, errTimeLimit) {
			result = "timed-out"
		}
		return report.failed(result, err, time.Since(started))
	}
	// Only a good end counts, as in Bottlerocket: what failed is tried again on the next boot.
	if err := markRan(settings); err != nil {
		return report.failed("failed", fmt.Errorf("remember that it ran: %w", err), time.Since(started))
	}
	return report.done(time.Since(started))
}

var errTimeLimit = errors.New("user data did not end in time, and was killed")

// exitError is how user data says that it failed.
type exitError struct{ status uint32 }

func (e exitError) Error() string {
	return fmt.Sprintf("user data ended with exit status %d", e.status)
}

// runToEnd leaves nothing of the container, however it ends.
func runToEnd(ctx context.Context, settings Settings) (err error) {
	ctx, cancel := context.WithTimeout(ctx, settings.TimeLimit+setupTime)
	defer cancel()
	view, err := makeHostView(settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, view.remove()) }()
	running, err := engine.Start(ctx)
	if err != nil {
		return err
	}
	rest := context.WithoutCancel(ctx)
	defer func() { err = errors.Join(err, running.StopIfUnused(rest)) }()
	container, err := running.Run(ctx, engine.Plan{
		Name:    "bootstrap-" + settings.Name,
		Archive: archive,
		Args:    settings.Args(),
		Options: view.options(),
		Output:  os.Stdout,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, container.Remove(rest)) }()
	limit := time.NewTimer(settings.TimeLimit)
	defer limit.Stop()
	select {
	case status := <-container.Exited:
		if err := status.Error(); err != nil {
			return err
		}
		if status.ExitCode() != 0 {
			return exitError{status.ExitCode()}
		}
		return nil
	case <-limit.C:
		return fmt.Errorf("%w: its limit is %s", errTimeLimit, settings.TimeLimit)
	case <-ctx.Done():
		return fmt.Errorf("user data had not ended: %w", context.Cause(ctx))
	}
}
