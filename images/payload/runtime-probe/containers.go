package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	containers "github.com/containerd/containerd/api/services/containers/v1"
	events "github.com/containerd/containerd/api/services/events/v1"
	images "github.com/containerd/containerd/api/services/images/v1"
	tasks "github.com/containerd/containerd/api/services/tasks/v1"
	"github.com/containerd/containerd/api/types/task"
)

// A container, as containerd and the labels of the CRI plugin tell of it.
type foundContainer struct {
	ID string `json:"id"`
	// "container" or "sandbox".
	Kind string `json:"kind"`
	// Name in its pod; empty for a sandbox.
	Name      string `json:"name"`
	Pod       string `json:"pod"`
	Image     string `json:"image"`
	Digest    string `json:"digest"`
	IsRunning bool   `json:"isRunning"`
}

type foundContainers struct {
	// Whether all that were asked for run.
	IsComplete bool             `json:"isComplete"`
	Containers []foundContainer `json:"containers"`
}

const maxContainers = 1000

// Answers as soon as a container of each name runs, or when time is up.
func waitForContainers(ctx context.Context, runtime *runtime, names []string) (any, error) {
	// Before looking, so that nothing can happen unseen in between.
	stream, err := events.NewEventsClient(runtime).Subscribe(ctx, &events.SubscribeRequest{
		Filters: []string{`topic~="^/tasks/"`},
	})
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	for {
		found, err := runtime.listContainers(ctx, names)
		if err != nil {
			return nil, err
		}
		if found.IsComplete {
			return found, nil
		}
		if _, err := stream.Recv(); err != nil {
			if ctx.Err() != nil {
				return found, nil
			}
			return nil, fmt.Errorf("events: %w", err)
		}
	}
}

const listTimeout = 10 * time.Second

// In a time of its own: what is there when the time for waiting is up is part of the answer.
func (r *runtime) listContainers(ctx context.Context, names []string) (foundContainers, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTimeout)
	defer cancel()
	listed, err := containers.NewContainersClient(r).List(ctx, &containers.ListContainersRequest{})
	if err != nil {
		return foundContainers{}, fmt.Errorf("containers: %w", err)
	}
	running, err := tasks.NewTasksClient(r).List(ctx, &tasks.ListTasksRequest{})
	if err != nil {
		return foundContainers{}, fmt.Errorf("tasks: %w", err)
	}
	if len(listed.GetContainers()) > maxContainers {
		return foundContainers{}, fmt.Errorf("there are more than %d containers", maxContainers)
	}
	found := foundContainers{IsComplete: true, Containers: []foundContainer{}}
	for _, container := range listed.GetContainers() {
		labels := container.GetLabels()
		found.Containers = append(found.Containers, foundContainer{
			ID:     container.GetID(),
			Kind:   labels["io.cri-containerd.kind"],
			Name:   labels["io.kubernetes.container.name"],
			Pod:    labels["io.kubernetes.pod.namespace"] + "/" + labels["io.kubernetes.pod.name"],
			Image:  container.GetImage(),
			Digest: r.digestOf(ctx, container.GetImage()),
			IsRunning: slices.ContainsFunc(running.GetTasks(), func(each *task.Process) bool {
				return each.GetID() == container.GetID() && each.GetStatus() == task.Status_RUNNING
			}),
		})
	}
	for _, name := range names {
		found.IsComplete = found.IsComplete && slices.ContainsFunc(found.Containers, func(each foundContainer) bool {
			return each.Name == name && each.IsRunning
		})
	}
	return found, nil
}

// Empty when the image has no name any more.
func (r *runtime) digestOf(ctx context.Context, image string) string {
	answer, err := images.NewImagesClient(r).Get(ctx, &images.GetImageRequest{Name: image})
	if err != nil {
		return ""
	}
	return answer.GetImage().GetTarget().GetDigest()
}
