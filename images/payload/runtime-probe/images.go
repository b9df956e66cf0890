package main

import (
	"context"
	"encoding/json"
	"fmt"

	images "github.com/containerd/containerd/api/services/images/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type foundImage struct {
	Ref string `json:"ref"`
	// Empty when containerd knows no image of that name.
	Digest string `json:"digest"`
	// Of all that is reached from it, itself first; of an image for several machines, that of this one.
	Blobs []*blob `json:"blobs"`
}

type foundImages struct {
	Root   string       `json:"root"`
	Images []foundImage `json:"images"`
}

const (
	maxBlobs      = 1000
	maxBlobsBytes = 8 << 30
)

func lookForImages(ctx context.Context, runtime *runtime, refs []string) (any, error) {
	root, err := runtime.contentRoot(ctx)
	if err != nil {
		return nil, err
	}
	found := foundImages{Root: root, Images: []foundImage{}}
	known := walk{ctx: ctx, root: root, done: map[string]*blob{}}
	for _, ref := range refs {
		image := foundImage{Ref: ref, Blobs: []*blob{}}
		answer, err := images.NewImagesClient(runtime).Get(ctx, &images.GetImageRequest{Name: ref})
		if err != nil && status.Code(err) != codes.NotFound {
			return nil, fmt.Errorf("image %s: %w", ref, err)
		}
		if target := answer.GetImage().GetTarget(); err == nil && target != nil {
			image.Digest = target.GetDigest()
			top := descriptor{target.GetMediaType(), target.GetDigest(), target.GetSize(), platform{}}
			if image.Blobs, err = known.from(top, 0); err != nil {
				return nil, fmt.Errorf("image %s: %w", ref, err)
			}
		}
		found.Images = append(found.Images, image)
	}
	return found, nil
}

// https://github.com/opencontainers/image-spec/blob/main/descriptor.md, and Docker's equals.
type descriptor struct {
	MediaType string   `json:"mediaType"`
	Digest    string   `json:"digest"`
	Size      int64    `json:"size"`
	Platform  platform `json:"platform"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

func (p platform) isOurs() bool {
	return p == platform{} || p == platform{"amd64", "linux"}
}

// An index or a manifest: what it names is reached from it.
type parent struct {
	Manifests []descriptor `json:"manifests"`
	Config    *descriptor  `json:"config"`
	Layers    []descriptor `json:"layers"`
}

var parents = map[string]bool{
	"application/vnd.oci.image.index.v1+json":                   true,
	"application/vnd.oci.image.manifest.v1+json":                true,
	"application/vnd.docker.distribution.manifest.list.v2+json": true,
	"application/vnd.docker.distribution.manifest.v2+json":      true,
}

type walk struct {
	ctx       context.Context
	root      string
	done      map[string]*blob
	bytesRead int64
}

const maxDepth = 4

func (w *walk) from(at descriptor, depth int) ([]*blob, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d manifests name one another", maxDepth)
	}
	if err := w.ctx.Err(); err != nil {
		return nil, fmt.Errorf("after %d blobs: %w", len(w.done), err)
	}
	seen, isKnown := w.done[at.Digest]
	var text []byte
	if !isKnown || parents[at.MediaType] {
		w.bytesRead += max(at.Size, 0)
		if len(w.done) >= maxBlobs || w.bytesRead > maxBlobsBytes {
			return nil, fmt.Errorf("images have more than %d blobs or %d bytes", maxBlobs, int64(maxBlobsBytes))
		}
		seen = &blob{Digest: at.Digest, MediaType: at.MediaType, SizeBytes: at.Size}
		text = seen.examine(w.root, parents[at.MediaType])
		w.done[at.Digest] = seen
	}
	found := []*blob{seen}
	if !parents[at.MediaType] || seen.State != good {
		return found, nil
	}
	var parsed parent
	if err := json.Unmarshal(text, &parsed); err != nil {
		return nil, fmt.Errorf("blob %s is no JSON: %w", at.Digest, err)
	}
	children := parsed.Layers
	if parsed.Config != nil {
		children = append([]descriptor{*parsed.Config}, children...)
	}
	for _, manifest := range parsed.Manifests {
		if manifest.Platform.isOurs() {
			children = append(children, manifest)
		}
	}
	if len(children) > maxBlobs {
		return nil, fmt.Errorf("blob %s names more than %d others", at.Digest, maxBlobs)
	}
	for _, child := range children {
		below, err := w.from(child, depth+1)
		if err != nil {
			return nil, err
		}
		found = append(found, below...)
	}
	return found, nil
}
