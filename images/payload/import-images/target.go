package main

import (
	"context"
	"fmt"
	"log"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/content"
	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/images"
	"github.com/containerd/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const snapshotter = containerd.DefaultSnapshotter

// The first is how the CRI plugin marks images as its own, the second keeps the kubelet from removing them: there is
// nowhere to pull them from again.
var imageLabels = map[string]string{
	"io.cri-containerd.image":  "managed",
	"io.cri-containerd.pinned": "pinned",
}

// Where images go.
type target struct {
	client *containerd.Client
	from   layout
}

func (t target) hasAll(ctx context.Context, shipped []shippedImage) bool {
	for _, each := range shipped {
		if !t.has(ctx, each) {
			return false
		}
	}
	return true
}

func (t target) has(ctx context.Context, shipped shippedImage) bool {
	image, err := t.client.GetImage(ctx, shipped.ref)
	if err != nil || image.Target().Digest != shipped.target.Digest {
		return false
	}
	available, _, _, missing, err := images.Check(ctx, t.client.ContentStore(), shipped.target, platforms.Default())
	if err != nil || !available || len(missing) > 0 {
		return false
	}
	isUnpacked, err := image.IsUnpacked(ctx, snapshotter)
	return err == nil && isUnpacked
}

// Without a name that leads to them, containerd removes blobs and snapshots.
func (t target) forget(ctx context.Context, shipped []shippedImage) error {
	for _, each := range shipped {
		names := []string{each.ref}
		// The CRI plugin names each image by the digest of its config, too.
		if config, err := images.Config(ctx, t.client.ContentStore(), each.target, platforms.Default()); err == nil {
			names = append(names, config.Digest.String())
		}
		for _, name := range names {
			err := t.client.ImageService().Delete(ctx, name, images.SynchronousDelete())
			if err != nil && !errdefs.IsNotFound(err) {
				return fmt.Errorf("image %s cannot be removed: %w", name, err)
			}
		}
	}
	return nil
}

func (t target) takeEach(ctx context.Context, shipped []shippedImage) []error {
	// Until the images have names, the lease keeps what was copied.
	ctx, release, err := t.client.WithLease(ctx)
	if err != nil {
		return []error{fmt.Errorf("lease: %w", err)}
	}
	defer release(ctx)
	var failures []error
	for _, each := range shipped {
		if err := t.take(ctx, each); err != nil {
			failures = append(failures, fmt.Errorf("image %s: %w", each.ref, err))
			continue
		}
		log.Printf("image %s is there", each.ref)
	}
	return failures
}

func (t target) take(ctx context.Context, shipped shippedImage) error {
	store := t.client.ContentStore()
	// Children are read from where the digest was checked.
	children := images.SetChildrenLabels(store, images.ChildrenHandler(store))
	if err := images.Walk(ctx, images.Handlers(images.HandlerFunc(t.copy), children), shipped.target); err != nil {
		return err
	}
	named := images.Image{Name: shipped.ref, Target: shipped.target, Labels: imageLabels}
	service := t.client.ImageService()
	created, err := service.Create(ctx, named)
	if errdefs.IsAlreadyExists(err) {
		created, err = service.Update(ctx, named)
	}
	if err != nil {
		return fmt.Errorf("cannot be named: %w", err)
	}
	if err := containerd.NewImage(t.client, created).Unpack(ctx, snapshotter); err != nil {
		return fmt.Errorf("cannot be unpacked: %w", err)
	}
	return nil
}

// Copies a blob, or what of it an earlier try has not copied; containerd takes it only if size and digest are right.
func (t target) copy(ctx context.Context, blob ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	reader, err := t.from.ReaderAt(ctx, blob)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if reader.Size() != blob.Size {
		return nil, fmt.Errorf("blob %s should have %d bytes, but %s ships %d", blob.Digest, blob.Size, t.from.directory, reader.Size())
	}
	name := "preloaded-" + blob.Digest.String()
	if err := content.WriteBlob(ctx, t.client.ContentStore(), name, content.NewReader(reader), blob); err != nil {
		return nil, fmt.Errorf("blob %s: %w", blob.Digest, err)
	}
	return nil, nil
}
