package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
)

// A content store in a temporary directory.
type store struct {
	t    *testing.T
	root string
}

func madeStore(t *testing.T) store {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "blobs", "sha256"), 0o755); err != nil {
		t.Fatal(err)
	}
	return store{t, root}
}

func (s store) path(digest string) string {
	return filepath.Join(s.root, "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
}

func (s store) put(mediaType string, text string) descriptor {
	s.t.Helper()
	sum := sha256.Sum256([]byte(text))
	at := descriptor{mediaType, "sha256:" + hex.EncodeToString(sum[:]), int64(len(text)), platform{}}
	if err := os.WriteFile(s.path(at.Digest), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return at
}

func (s store) putJSON(mediaType string, value any) descriptor {
	s.t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.put(mediaType, string(text))
}

// An image of a config and two layers.
func (s store) putImage() (manifest, config, lower, upper descriptor) {
	config = s.put("application/vnd.oci.image.config.v1+json", "{}")
	lower, upper = s.put(layerType, "lower layer"), s.put(layerType, "upper layer")
	manifest = s.putJSON(manifestType, parent{Config: &config, Layers: []descriptor{lower, upper}})
	return manifest, config, lower, upper
}

func (s store) statesFrom(top descriptor) []string {
	s.t.Helper()
	w := walk{ctx: s.t.Context(), root: s.root, done: map[string]*blob{}}
	blobs, err := w.from(top, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	var states []string
	for _, each := range blobs {
		states = append(states, strings.TrimSpace(string(each.State)+" "+strings.TrimPrefix(each.Detail, "open ")))
	}
	return states
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestEveryBlobIsReachedAndCompared(t *testing.T) {
	s := madeStore(t)
	manifest, _, _, _ := s.putImage()
	ours, other := manifest, manifest
	ours.Platform = platform{"amd64", "linux"}
	other.Platform = platform{"arm64", "linux"}
	other.Digest = "sha256:" + strings.Repeat("0", 64)
	index := s.putJSON(indexType, parent{Manifests: []descriptor{other, ours}})
	expect(t, s.statesFrom(index), []string{"good", "good", "good", "good", "good"})
}

func TestOneFlippedByteIsSeen(t *testing.T) {
	s := madeStore(t)
	manifest, _, lower, _ := s.putImage()
	if err := os.WriteFile(s.path(lower.Digest), []byte("lower layEr"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("lower layEr"))
	expect(t, s.statesFrom(manifest), []string{"good", "good", "wrong-bytes sha256:" + hex.EncodeToString(sum[:]), "good"})
}

func TestWhatIsNoBlobIsToldApart(t *testing.T) {
	s := madeStore(t)
	manifest, config, lower, upper := s.putImage()
	for _, act := range []error{
		os.Remove(s.path(config.Digest)),
		os.WriteFile(s.path(lower.Digest), []byte("longer than it was"), 0o600),
		os.Remove(s.path(upper.Digest)),
		os.Symlink("/etc/hostname", s.path(upper.Digest)),
	} {
		if act != nil {
			t.Fatal(act)
		}
	}
	states := s.statesFrom(manifest)
	expect(t, states[:3], []string{"good", "missing", "wrong-size 18 bytes"})
	if !strings.HasPrefix(states[3], "unreadable ") || !strings.HasSuffix(states[3], "too many levels of symbolic links") {
		t.Errorf("a link is %s", states[3])
	}
}

func TestDigestThatIsNoDigestLeadsNowhere(t *testing.T) {
	s := madeStore(t)
	for _, digest := range []string{"", "sha256:", "sha256:../../../etc/hostname", "md5:00", "sha256:" + strings.Repeat("A", 64)} {
		expect(t, s.statesFrom(descriptor{Digest: digest}), []string{"unreadable not a sha256 digest"})
	}
}

func TestManifestsThatNameOneAnotherHaveAnEnd(t *testing.T) {
	s := madeStore(t)
	top := s.put(layerType, "layer")
	for range maxDepth + 1 {
		top = s.putJSON(indexType, parent{Manifests: []descriptor{top}})
	}
	w := walk{ctx: t.Context(), root: s.root, done: map[string]*blob{}}
	_, err := w.from(top, 0)
	expect(t, fmt.Sprint(err), "more than 4 manifests name one another")
}

func TestTooManyBlobsAreRefused(t *testing.T) {
	s := madeStore(t)
	var layers []descriptor
	for index := range maxBlobs {
		layers = append(layers, descriptor{layerType, fmt.Sprintf("sha256:%064x", index), 1, platform{}})
	}
	w := walk{ctx: t.Context(), root: s.root, done: map[string]*blob{}}
	_, err := w.from(s.putJSON(manifestType, parent{Layers: layers}), 0)
	expect(t, fmt.Sprint(err), "images have more than 1000 blobs or 8589934592 bytes")
	layers = append(layers, layers[0])
	w = walk{ctx: t.Context(), root: s.root, done: map[string]*blob{}}
	_, err = w.from(s.putJSON(manifestType, parent{Layers: layers}), 0)
	if err == nil || !strings.HasSuffix(err.Error(), "names more than 1000 others") {
		t.Error(err)
	}
}

func TestManifestThatIsNoJSONIsTold(t *testing.T) {
	s := madeStore(t)
	w := walk{ctx: t.Context(), root: s.root, done: map[string]*blob{}}
	_, err := w.from(s.put(manifestType, "{"), 0)
	if err == nil || !strings.HasSuffix(err.Error(), "is no JSON: unexpected end of JSON input") {
		t.Error(err)
	}
}
