package main

import (
	"context"
	"fmt"

	images "github.com/containerd/containerd/api/services/images/v1"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// lendSandboxImage gives our image the name of the one that sandboxes are made from, where the node has none and could only
// fetch it from a registry. It goes with ours.
func (p *pods) lendSandboxImage(ctx context.Context) error {
	facts, err := p.cri(ctx)
	if err != nil || facts.SandboxImage == "" || facts.HasSandboxImage {
		return err
	}
	client := images.NewImagesClient(p)
	ours, err := client.Get(ctx, &images.GetImageRequest{Name: p.image})
	if err != nil {
		return fmt.Errorf("image %s: %w", p.image, err)
	}
	lent := &images.Image{
		Name: facts.SandboxImage, Target: ours.GetImage().GetTarget(), Labels: map[string]string{"io.cri-containerd.image": "managed"},
	}
	if _, err := client.Create(ctx, &images.CreateImageRequest{Image: lent}); err != nil {
		return fmt.Errorf("image %s: %w", facts.SandboxImage, err)
	}
	// The CRI plugin hears of it by an event.
	for {
		isThere, err := p.hasImage(ctx, facts.SandboxImage)
		if isThere || err != nil {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("image %s is not known to the CRI: %w", facts.SandboxImage, err)
		}
	}
}

type forgotten struct {
	Image string `json:"image"`
}

// forgetImage removes an image with all its names, as a kubelet does that needs room.
func forgetImage(ctx context.Context, runtime *runtime, arguments []string) (any, error) {
	if len(arguments) != 1 {
		return nil, fmt.Errorf("forget: expected one image")
	}
	_, err := cri.NewImageServiceClient(runtime).RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: arguments[0]}})
	if err != nil {
		return nil, fmt.Errorf("removing image %s: %w", arguments[0], err)
	}
	return forgotten{arguments[0]}, nil
}
