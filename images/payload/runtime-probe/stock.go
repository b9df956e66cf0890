package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	containers "github.com/containerd/containerd/api/services/containers/v1"
	images "github.com/containerd/containerd/api/services/images/v1"
	leases "github.com/containerd/containerd/api/services/leases/v1"
)

// All that there is, each thing in a word of its kind and its name. Two of them tell what came and stayed.
type stock struct {
	Items []string `json:"items"`
}

const maxStock = 20_000

func takeStock(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	found := stock{Items: []string{}}
	add := func(kind, name string) { found.Items = append(found.Items, kind+" "+name) }
	named, err := images.NewImagesClient(runtime).List(ctx, &images.ListImagesRequest{})
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	for _, each := range named.GetImages() {
		add("image", each.GetName())
	}
	listed, err := containers.NewContainersClient(runtime).List(ctx, &containers.ListContainersRequest{})
	if err != nil {
		return nil, fmt.Errorf("containers: %w", err)
	}
	for _, each := range listed.GetContainers() {
		add("container", each.GetID())
	}
	held, err := leases.NewLeasesClient(runtime).List(ctx, &leases.ListRequest{})
	if err != nil {
		return nil, fmt.Errorf("leases: %w", err)
	}
	for _, each := range held.GetLeases() {
		add("lease", each.GetID())
	}
	stored, err := lookAtContent(ctx, runtime, nil)
	if err != nil {
		return nil, err
	}
	if content, isContent := stored.(storedContent); isContent {
		for _, each := range content.Blobs {
			add("blob", each.Digest)
		}
	}
	snapshots, err := runtime.snapshots(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range snapshots {
		add("snapshot", name)
	}
	addFiles(add)
	if len(found.Items) > maxStock {
		return nil, fmt.Errorf("there are more than %d things", maxStock)
	}
	return found, nil
}

func addFiles(add func(kind, name string)) {
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 4 {
			add("mount", fields[4])
		}
	}
	for kind, pattern := range map[string]string{
		"network namespace": "/run/netns/*",
		"network device":    "/sys/class/net/veth*",
		"address":           leaseRoot + "/*/[0-9]*.[0-9]*.[0-9]*.[0-9]*",
		"logs":              logRoot,
	} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			add(kind, path)
		}
	}
}
