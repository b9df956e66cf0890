package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	content "github.com/containerd/containerd/api/services/content/v1"
)

// What containerd notes of a blob that it has fetched from a registry (the rest of the label is the registry's name).
const sourceLabel = "containerd.io/distribution.source."

type storedBlob struct {
	Digest    string `json:"digest"`
	SizeBytes int64  `json:"sizeBytes"`
	// Registries from which it came; none for what was imported.
	Sources []string `json:"sources"`
}

type unfinishedBlob struct {
	Ref       string `json:"ref"`
	SizeBytes int64  `json:"sizeBytes"`
}

type storedContent struct {
	Blobs      []storedBlob     `json:"blobs"`
	Unfinished []unfinishedBlob `json:"unfinished"`
}

const maxStored = 10_000

func lookAtContent(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	client := content.NewContentClient(runtime)
	stream, err := client.List(ctx, &content.ListContentRequest{})
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	found := storedContent{Blobs: []storedBlob{}, Unfinished: []unfinishedBlob{}}
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("content: %w", err)
		}
		for _, info := range answer.GetInfo() {
			found.Blobs = append(found.Blobs, storedBlob{info.GetDigest(), info.GetSize(), sourcesOf(info.GetLabels())})
		}
		if len(found.Blobs) > maxStored {
			return nil, fmt.Errorf("the content store has more than %d blobs", maxStored)
		}
	}
	statuses, err := client.ListStatuses(ctx, &content.ListStatusesRequest{})
	if err != nil {
		return nil, fmt.Errorf("unfinished content: %w", err)
	}
	for _, status := range statuses.GetStatuses() {
		found.Unfinished = append(found.Unfinished, unfinishedBlob{status.GetRef(), status.GetOffset()})
	}
	return found, nil
}

func sourcesOf(labels map[string]string) []string {
	sources := []string{}
	for name := range labels {
		if registry, isSource := strings.CutPrefix(name, sourceLabel); isSource {
			sources = append(sources, registry)
		}
	}
	sort.Strings(sources)
	return sources
}
