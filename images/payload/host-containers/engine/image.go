package engine

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/images"
)

// importImage reads the one image of an OCI archive into the engine's store and unpacks it. After an error none is left.
func (e *Engine) importImage(ctx context.Context, archive string) (_ containerd.Image, err error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	imported, err := e.client.Import(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", archive, err)
	}
	defer func() {
		if err == nil {
			return
		}
		for _, image := range imported {
			err = errors.Join(err, e.removeImage(ctx, image.Name))
		}
	}()
	if len(imported) != 1 {
		return nil, fmt.Errorf("import %s: it should hold one image, but holds %d", archive, len(imported))
	}
	image := containerd.NewImage(e.client, imported[0])
	if err := image.Unpack(ctx, snapshotter); err != nil {
		return nil, fmt.Errorf("unpack %s: %w", archive, err)
	}
	return image, nil
}

// removeImage removes an image with its content: the archive has it still. It has time of its own, as Container.Remove.
func (e *Engine) removeImage(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	err := e.client.ImageService().Delete(ctx, name, images.SynchronousDelete())
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove image %s: %w", name, err)
	}
	return nil
}
