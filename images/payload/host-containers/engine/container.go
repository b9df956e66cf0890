package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"syscall"
	"time"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/api/types/runc/options"
	"github.com/containerd/containerd/cio"
	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/oci"
)

// removeTimeout bounds what is done after the caller's own time is over.
const removeTimeout = time.Minute

// Plan says what a container is.
type Plan struct {
	Name string
	// Archive is the path of an OCI archive with one image.
	Archive string
	Args    []string
	Options []oci.SpecOpts
	// Output gets what its programs print.
	Output io.Writer
}

// Container runs, or has run; Remove leaves nothing of it.
type Container struct {
	engine    *Engine
	container containerd.Container
	task      containerd.Task
	// Exited gets its end.
	Exited <-chan containerd.ExitStatus
}

// Run starts a container. After an error nothing is left of it.
func (e *Engine) Run(ctx context.Context, plan Plan) (_ *Container, err error) {
	image, err := e.importImage(ctx, plan.Archive)
	if err != nil {
		return nil, err
	}
	made := &Container{engine: e}
	defer func() {
		if err == nil {
			return
		}
		if made.container == nil {
			err = errors.Join(err, e.removeSnapshot(ctx, plan.Name), e.removeImage(ctx, image.Name()))
		} else {
			err = errors.Join(err, made.Remove(ctx))
		}
	}()
	spec := append([]oci.SpecOpts{
		oci.WithDefaultSpec(),
		oci.WithDefaultPathEnv,
		oci.WithProcessArgs(plan.Args...),
		oci.WithHostname(plan.Name),
		oci.WithCgroup("system.slice:host-container:" + plan.Name),
	}, plan.Options...)
	made.container, err = e.client.NewContainer(ctx, plan.Name,
		containerd.WithImage(image),
		containerd.WithSnapshotter(snapshotter),
		containerd.WithNewSnapshot(plan.Name, image),
		containerd.WithRuntime("io.containerd.runc.v2", &options.Options{SystemdCgroup: true}),
		containerd.WithNewSpec(spec...),
	)
	if err != nil {
		return nil, fmt.Errorf("make container %s: %w", plan.Name, err)
	}
	made.task, err = made.container.NewTask(ctx, cio.NewCreator(cio.WithStreams(nil, plan.Output, plan.Output), cio.WithFIFODir(fifoDir)))
	if err != nil {
		return nil, fmt.Errorf("make the process of container %s: %w", plan.Name, err)
	}
	if made.Exited, err = made.task.Wait(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("watch container %s: %w", plan.Name, err)
	}
	if err = made.task.Start(ctx); err != nil {
		return nil, fmt.Errorf("start container %s: %w", plan.Name, err)
	}
	return made, nil
}

// Find is the running container of that name, else nil. One that has no process any more is removed.
func (e *Engine) Find(ctx context.Context, name string, output io.Writer) (*Container, error) {
	container, err := e.client.LoadContainer(ctx, name)
	if errdefs.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load container %s: %w", name, err)
	}
	task, err := container.Task(ctx, cio.NewAttach(cio.WithStreams(nil, output, output), cio.WithFIFODir(fifoDir)))
	if errdefs.IsNotFound(err) {
		return nil, (&Container{engine: e, container: container}).Remove(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("task of container %s: %w", name, err)
	}
	exited, err := task.Wait(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fmt.Errorf("watch container %s: %w", name, err)
	}
	return &Container{engine: e, container: container, task: task, Exited: exited}, nil
}

// HowItEnded tells what the end that came over Exited was.
func HowItEnded(status containerd.ExitStatus) string {
	if err := status.Error(); err != nil {
		return "was lost sight of: " + err.Error()
	}
	return "ended with exit status " + strconv.FormatUint(uint64(status.ExitCode()), 10)
}

// PID is that of its first process, as the host counts.
func (c *Container) PID() uint32 { return c.task.Pid() }

// Remove ends the container, and removes its processes, mounts, snapshot and image. It has time of its own: what is
// removed must not be left half way because its caller's time is over.
func (c *Container) Remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	if c.task != nil {
		err := c.task.Kill(ctx, syscall.SIGKILL, containerd.WithKillAll)
		if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsFailedPrecondition(err) {
			return fmt.Errorf("kill container %s: %w", c.container.ID(), err)
		}
		if _, err := c.task.Delete(ctx, containerd.WithProcessKill); err != nil && !errdefs.IsNotFound(err) {
			return fmt.Errorf("remove the process of container %s: %w", c.container.ID(), err)
		}
	}
	info, err := c.container.Info(ctx, containerd.WithoutRefreshedMetadata)
	if err != nil {
		return fmt.Errorf("container %s: %w", c.container.ID(), err)
	}
	if err := c.container.Delete(ctx, containerd.WithSnapshotCleanup); err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove container %s: %w", c.container.ID(), err)
	}
	return c.engine.removeImage(ctx, info.Image)
}

// removeSnapshot removes what NewContainer makes before it makes the container.
func (e *Engine) removeSnapshot(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	err := e.client.SnapshotService(snapshotter).Remove(ctx, name)
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove snapshot %s: %w", name, err)
	}
	return nil
}
