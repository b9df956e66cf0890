package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const emptyDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func madeLayout(t *testing.T, index string) layout {
	t.Helper()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "index.json"), []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	return layout{directory}
}

func TestIndexNamesItsImages(t *testing.T) {
	found, err := madeLayout(t, `{"manifests":[{"mediaType":"m","digest":"`+emptyDigest+`","size":7,"annotations":{"io.containerd.image.name":"a/b:1"}}]}`).index()
	want := []shippedImage{{"a/b:1", ocispec.Descriptor{MediaType: "m", Digest: emptyDigest, Size: 7}}}
	if err != nil || !reflect.DeepEqual(found.images, want) || found.digest.Validate() != nil {
		t.Errorf("%v %v", found, err)
	}
}

func TestIndexThatNamesNothingIsRefused(t *testing.T) {
	for text, problem := range map[string]string{
		"{":                      "unexpected end of JSON input",
		`{"manifests":[]}`:       "lists no images",
		`{"manifests":[{}]}`:     "has no annotation io.containerd.image.name",
		strings.Repeat(" ", 2e6): "is larger than 1048576 bytes",
	} {
		if _, err := madeLayout(t, text).index(); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestBlobOfNoProperDigestIsNotOpened(t *testing.T) {
	from := madeLayout(t, "")
	for _, name := range []string{"sha256:../../index.json", "sha256:00", "", "../x:index.json"} {
		blob := ocispec.Descriptor{Digest: digest.Digest(name)}
		if _, err := from.ReaderAt(t.Context(), blob); err == nil {
			t.Errorf("%q is opened", name)
		}
	}
}

func TestStateIsReadBack(t *testing.T) {
	state := stateFile{filepath.Join(t.TempDir(), "state")}
	for _, written := range []importState{nothing, importing, imported(emptyDigest)} {
		if written != nothing {
			if err := state.write(written); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := state.read(); err != nil || got != written {
			t.Errorf("%q %v, not %q", got, err, written)
		}
	}
}
