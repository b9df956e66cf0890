package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

type removal struct {
	// How many pods and containers there were.
	Pods       int `json:"pods"`
	Containers int `json:"containers"`
	// By what they were known, so that one can see that something was looked for.
	Sought removalSought `json:"sought"`
	// What the runtime said where it did not remove.
	Errors []string `json:"errors"`
	// In words, after it had time to go.
	Leftovers []string `json:"leftovers"`
}

type removalSought struct {
	Processes  int `json:"processes"`
	Cgroups    int `json:"cgroups"`
	Namespaces int `json:"namespaces"`
	Addresses  int `json:"addresses"`
	Links      int `json:"links"`
}

// Part of it goes when the runtime has answered: systemd removes cgroups later, shims end themselves.
const leftoverTimeout = 20 * time.Second

// removePods removes all pods of ours as a kubelet does, and tells what is left of them.
func removePods(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	p := newPods(runtime, "", "")
	sandboxes, err := p.runtimes.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{Filter: &cri.PodSandboxFilter{LabelSelector: ownLabel}})
	if err != nil {
		return nil, fmt.Errorf("pods: %w", err)
	}
	containers, err := p.runtimes.ListContainers(ctx, &cri.ListContainersRequest{Filter: &cri.ContainerFilter{LabelSelector: ownLabel}})
	if err != nil {
		return nil, fmt.Errorf("containers: %w", err)
	}
	known, err := p.tracesOf(ctx, sandboxes.GetItems(), containers.GetContainers())
	if err != nil {
		return nil, err
	}
	done := removal{
		Pods: len(sandboxes.GetItems()), Containers: len(containers.GetContainers()), Errors: []string{},
		Sought: removalSought{
			len(known.processes), len(known.cgroups), len(known.namespaces), len(known.addresses), len(known.links),
		},
	}
	done.Errors = p.stopAndRemove(ctx, sandboxes.GetItems())
	if err := os.RemoveAll(logRoot); err != nil {
		return nil, err
	}
	done.Leftovers, err = p.leftoversAtLast(ctx, known)
	return done, err
}

func (p *pods) stopAndRemove(ctx context.Context, sandboxes []*cri.PodSandbox) []string {
	errs := make([]error, len(sandboxes))
	acts := []func(){}
	for at, each := range sandboxes {
		id := each.GetId()
		acts = append(acts, func() {
			_, stopped := p.runtimes.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id})
			_, removed := p.runtimes.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: id})
			errs[at] = errors.Join(stopped, removed)
		})
	}
	atOnce(acts...)
	said := []string{}
	for _, err := range errs {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	return said
}

func (p *pods) leftoversAtLast(ctx context.Context, known traces) ([]string, error) {
	waiting, cancel := context.WithTimeout(ctx, leftoverTimeout)
	defer cancel()
	for {
		found, err := p.leftovers(ctx, known)
		if err != nil || len(found) == 0 || pause(waiting) != nil {
			return append([]string{}, found...), err
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }
