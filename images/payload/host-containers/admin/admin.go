// Package admin has the admin container: off until it is asked for, with a login of its own, and the host's files to look
// at but not to change.
package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"bootwright/host-containers/engine"
)

const (
	containerName = "admin"
	archive       = "/usr/lib/host-containers/admin.tar"
	startTimeout  = 5 * time.Minute
	listenAgain   = 100 * time.Millisecond
	execTimeout   = time.Minute
)

// Status is what is told of the container.
type Status struct {
	State string `json:"state"`
	// Only while it runs.
	Port    int       `json:"port,omitempty"`
	HostKey string    `json:"hostKey,omitempty"`
	PID     uint32    `json:"pid,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

const (
	stateRunning = "running"
	stateStopped = "stopped"
)

// Admin is the one admin container. Its methods take turns.
type Admin struct {
	// Output gets what the container's programs print.
	Output io.Writer
	// Ended is told of a container that ended by itself, once nothing is left of it.
	Ended func(why error)

	mu      sync.Mutex
	engine  *engine.Engine
	running *engine.Container
	status  Status
}

// IsRunning also tells whether this program has something to watch over.
func (a *Admin) IsRunning() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.running != nil
}

// Status is what is known of the container.
func (a *Admin) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running == nil {
		return Status{State: stateStopped}
	}
	return a.status
}

// Start starts the container and returns when it takes logins.
func (a *Admin) Start(ctx context.Context, start Start) (_ Status, err error) {
	if err := start.check(); err != nil {
		return Status{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running != nil {
		return Status{}, fmt.Errorf("%w: the admin container runs", ErrState)
	}
	// A caller who has gone is no reason to end half way.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	port := strconv.Itoa(start.Port)
	if isListening(ctx, port) {
		return Status{}, fmt.Errorf("%w: another program listens on port %s", ErrState, port)
	}
	private, public, err := newHostKey()
	if err != nil {
		return Status{}, err
	}
	view, err := makeHostView(start, private)
	defer func() {
		if err != nil {
			err = errors.Join(err, a.remove(ctx))
		}
	}()
	if err != nil {
		return Status{}, err
	}
	if a.engine, err = engine.Start(ctx); err != nil {
		return Status{}, err
	}
	a.running, err = a.engine.Run(ctx, engine.Plan{
		Name:    containerName,
		Archive: archive,
		// In the foreground, log to stderr, no passwords, no forwarding.
		Args:    []string{"/usr/sbin/dropbear", "-F", "-E", "-s", "-j", "-k", "-m", "-r", "/etc/dropbear/host-key", "-p", port},
		Options: view.options(),
		Output:  a.Output,
	})
	if err != nil {
		return Status{}, err
	}
	// Before it listens: it is told of also where it neither does nor can be removed.
	a.status = Status{stateRunning, start.Port, public, a.running.PID(), time.Now().UTC()}
	if err := waitUntilListening(ctx, a.running, port); err != nil {
		return Status{}, err
	}
	if err := a.status.save(); err != nil {
		return Status{}, err
	}
	go a.watch(a.running)
	return a.status, nil
}

// Stop ends the container and removes all of it, and its engine where an earlier stop could not.
func (a *Admin) Stop(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running == nil && a.engine == nil {
		return fmt.Errorf("%w: the admin container does not run", ErrState)
	}
	return a.remove(ctx)
}

// Exec runs a program in the container.
func (a *Admin) Exec(ctx context.Context, exec Exec) (engine.Result, error) {
	if err := exec.check(); err != nil {
		return engine.Result{}, err
	}
	a.mu.Lock()
	container := a.running
	a.mu.Unlock() // a stop need not wait for the program, which ends with the container
	if container == nil {
		return engine.Result{}, fmt.Errorf("%w: the admin container does not run", ErrState)
	}
	ctx, cancel := context.WithTimeout(ctx, execTimeout)
	defer cancel()
	return container.Exec(ctx, exec.Argv)
}

// Resume takes charge of a container that an earlier process of this program started.
func (a *Admin) Resume(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var err error
	if a.engine, err = engine.Running(ctx); err != nil || a.engine == nil {
		return err
	}
	if a.running, err = a.engine.Find(ctx, containerName, a.Output); err != nil {
		return err
	}
	if a.running == nil {
		return a.remove(ctx)
	}
	if a.status, err = loadStatus(); err != nil {
		return errors.Join(err, a.remove(ctx))
	}
	go a.watch(a.running)
	return nil
}

// watch removes a container that ends by itself.
func (a *Admin) watch(container *engine.Container) {
	status := <-container.Exited
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running != container {
		return
	}
	why := errors.New("its SSH server " + engine.HowItEnded(status))
	a.Ended(errors.Join(why, a.remove(context.Background())))
}

// remove leaves nothing; after an error it may be asked again.
func (a *Admin) remove(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if a.running != nil {
		container := a.running
		a.running = nil // for watch
		if err := container.Remove(ctx); err != nil {
			a.running = container
			return err
		}
	}
	if a.engine != nil {
		if err := a.engine.StopIfUnused(ctx); err != nil {
			return errors.Join(err, removeHostView())
		}
		a.engine = nil
	}
	return removeHostView()
}

func waitUntilListening(ctx context.Context, container *engine.Container, port string) error {
	again := time.NewTicker(listenAgain)
	defer again.Stop()
	for !isListening(ctx, port) {
		select {
		case <-again.C:
		case status := <-container.Exited:
			return fmt.Errorf("its SSH server %s before it listened on port %s", engine.HowItEnded(status), port)
		case <-ctx.Done():
			return fmt.Errorf("port %s is still closed: %w", port, ctx.Err())
		}
	}
	return nil
}

func isListening(ctx context.Context, port string) bool {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}
