package main

import (
	"context"
	"fmt"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// The container that serves, as it is now.
type laterFacts struct {
	serverFacts
	// As the CRI says, such as "CONTAINER_RUNNING".
	State string `json:"state"`
}

// lookLater finds the container that `workloads` left running.
func lookLater(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	p := newPods(runtime, "", "")
	listed, err := p.runtimes.ListContainers(ctx, &cri.ListContainersRequest{Filter: &cri.ContainerFilter{LabelSelector: ownLabel}})
	if err != nil {
		return nil, fmt.Errorf("containers: %w", err)
	}
	for _, each := range listed.GetContainers() {
		if each.GetMetadata().GetName() != serverName {
			continue
		}
		found := laterFacts{p.lookAtServer(ctx, each.GetId(), each.GetAnnotations()[urlAnnotation]), each.GetState().String()}
		if found.Error == "" {
			found.Exec = p.exec(ctx, each.GetId(), 0, "/workload", "print", "still")
		}
		return found, nil
	}
	return laterFacts{State: "gone"}, nil
}
