package engine

import (
	"context"
	"fmt"

	"github.com/coreos/go-systemd/v22/dbus"
)

type job func(ctx context.Context, name, mode string, done chan<- string) (int, error)

func startUnit(ctx context.Context, name string) error {
	return runJob(ctx, name, "start", func(conn *dbus.Conn) job { return conn.StartUnitContext })
}

func stopUnit(ctx context.Context, name string) error {
	return runJob(ctx, name, "stop", func(conn *dbus.Conn) job { return conn.StopUnitContext })
}

// runJob ends with the job, so that a unit of type notify is ready then.
func runJob(ctx context.Context, name, verb string, of func(*dbus.Conn) job) error {
	// Over the message bus and not systemd's private socket, on which a short first call can hang.
	conn, err := dbus.NewSystemConnectionContext(ctx)
	if err != nil {
		return fmt.Errorf("connect to systemd: %w", err)
	}
	defer conn.Close()
	done := make(chan string, 1)
	if _, err := of(conn)(ctx, name, "replace", done); err != nil {
		return fmt.Errorf("%s %s: %w", verb, name, err)
	}
	select {
	case result := <-done:
		if result != "done" {
			return fmt.Errorf("%s %s: systemd's job ended as %q", verb, name, result)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s %s: %w", verb, name, ctx.Err())
	}
}

func isActive(ctx context.Context, name string) (bool, error) {
	conn, err := dbus.NewSystemConnectionContext(ctx)
	if err != nil {
		return false, fmt.Errorf("connect to systemd: %w", err)
	}
	defer conn.Close()
	state, err := conn.GetUnitPropertyContext(ctx, name, "ActiveState")
	if err != nil {
		return false, fmt.Errorf("state of %s: %w", name, err)
	}
	return state.Value.Value() == "active", nil
}
