package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/containerd/containerd/content"
	"github.com/containerd/containerd/images"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// A directory in the OCI image layout
// (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
type layout struct{ directory string }

type shippedImage struct {
	ref    string
	target ocispec.Descriptor
}

type shippedIndex struct {
	digest digest.Digest
	images []shippedImage
}

const maxIndexBytes = 1 << 20

func (l layout) index() (shippedIndex, error) {
	path := filepath.Join(l.directory, "index.json")
	file, err := os.Open(path)
	if err != nil {
		return shippedIndex{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxIndexBytes+1))
	if err != nil {
		return shippedIndex{}, err
	}
	if len(text) > maxIndexBytes {
		return shippedIndex{}, fmt.Errorf("%s is larger than %d bytes", path, maxIndexBytes)
	}
	var parsed ocispec.Index
	if err := json.Unmarshal(text, &parsed); err != nil {
		return shippedIndex{}, fmt.Errorf("%s: %w", path, err)
	}
	found := shippedIndex{digest: digest.FromBytes(text)}
	for _, each := range parsed.Manifests {
		ref := each.Annotations[images.AnnotationImageName]
		if ref == "" {
			return shippedIndex{}, fmt.Errorf("%s: manifest %s has no annotation %s", path, each.Digest, images.AnnotationImageName)
		}
		target := ocispec.Descriptor{MediaType: each.MediaType, Digest: each.Digest, Size: each.Size}
		found.images = append(found.images, shippedImage{ref, target})
	}
	if len(found.images) == 0 {
		return shippedIndex{}, fmt.Errorf("%s lists no images", path)
	}
	return found, nil
}

// Opens a blob without looking at its bytes: whoever writes them elsewhere compares the digest.
func (l layout) ReaderAt(_ context.Context, blob ocispec.Descriptor) (content.ReaderAt, error) {
	if err := blob.Digest.Validate(); err != nil {
		return nil, fmt.Errorf("digest %q: %w", blob.Digest, err)
	}
	file, err := os.Open(filepath.Join(l.directory, "blobs", blob.Digest.Algorithm().String(), blob.Digest.Encoded()))
	if err != nil {
		return nil, err
	}
	facts, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	return shippedBlob{file, facts.Size()}, nil
}

type shippedBlob struct {
	*os.File
	sizeBytes int64
}

func (b shippedBlob) Size() int64 { return b.sizeBytes }
