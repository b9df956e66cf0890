// Package engine runs host containers: containers of the node itself, in a containerd apart from the kubelet's. That
// containerd is there only while a host container is.
package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/errdefs"
)

const (
	unit        = "host-containerd.service"
	socket      = "/run/host-containerd/containerd.sock"
	namespace   = "host-containers"
	snapshotter = "overlayfs"
	fifoDir     = "/run/host-containers/fifo"
	// Under emulation containerd takes seconds to answer.
	dialTimeout = 30 * time.Second
	// Longer than systemd's own limit for a stop.
	stopTimeout = 2 * time.Minute
)

// Engine is a connection to the host's containerd.
type Engine struct{ client *containerd.Client }

// Start starts the host's containerd where it does not run, and removes what a boot that broke off left in it. After an error
// it does not run, unless it has a container that cannot be removed.
func Start(ctx context.Context) (*Engine, error) {
	if err := startUnit(ctx, unit); err != nil {
		return nil, errors.Join(err, stop(ctx)) // the start may go on without us
	}
	engine, err := connect()
	if err != nil {
		return nil, errors.Join(err, stop(ctx))
	}
	if err := engine.removeLeftovers(ctx); err != nil {
		err = errors.Join(err, engine.StopIfUnused(ctx))
		_ = engine.Close() // once more where that failed
		return nil, err
	}
	return engine, nil
}

// Running is the engine if it runs, else nil.
func Running(ctx context.Context) (*Engine, error) {
	if active, err := isActive(ctx, unit); err != nil || !active {
		return nil, err
	}
	return connect()
}

// Close leaves the engine to those who still use it.
func (e *Engine) Close() error { return e.client.Close() }

// StopIfUnused stops the engine when it has no container, and closes the connection. It has time of its own, and may be asked
// again after an error.
func (e *Engine) StopIfUnused(ctx context.Context) error {
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	containers, err := e.client.Containers(inTime)
	if err != nil {
		return fmt.Errorf("is the engine in use: %w", err)
	}
	if len(containers) == 0 {
		if err := stop(ctx); err != nil {
			return err
		}
	}
	return e.Close()
}

func stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return stopUnit(ctx, unit)
}

func connect() (*Engine, error) {
	client, err := containerd.New(socket, containerd.WithDefaultNamespace(namespace), containerd.WithTimeout(dialTimeout))
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", socket, err)
	}
	return &Engine{client}, nil
}

// removeLeftovers removes containers that do not run, and images that no container uses: nobody else will.
func (e *Engine) removeLeftovers(ctx context.Context) error {
	containers, err := e.client.Containers(ctx)
	if err != nil {
		return fmt.Errorf("list containers: %w", err)
	}
	used := map[string]bool{}
	for _, found := range containers {
		isRunning, task, err := taskOf(ctx, found)
		if err == nil && !isRunning {
			err = (&Container{engine: e, container: found, task: task}).Remove(ctx)
		} else if err == nil {
			info, infoErr := found.Info(ctx, containerd.WithoutRefreshedMetadata)
			used[info.Image], err = true, infoErr
		}
		if err != nil {
			return err
		}
	}
	images, err := e.client.ImageService().List(ctx)
	if err != nil {
		return fmt.Errorf("list images: %w", err)
	}
	for _, image := range images {
		if used[image.Name] {
			continue
		}
		if err := e.removeImage(ctx, image.Name); err != nil {
			return err
		}
	}
	return nil
}

func taskOf(ctx context.Context, container containerd.Container) (isRunning bool, task containerd.Task, err error) {
	task, err = container.Task(ctx, nil)
	if errdefs.IsNotFound(err) {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, fmt.Errorf("task of container %s: %w", container.ID(), err)
	}
	status, err := task.Status(ctx)
	if err != nil {
		return false, nil, fmt.Errorf("state of container %s: %w", container.ID(), err)
	}
	return status.Status != containerd.Stopped, task, nil
}
