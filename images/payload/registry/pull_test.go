package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/containerd/containerd/content/local"
	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/images"
	"github.com/containerd/containerd/remotes"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/containerd/containerd/remotes/docker/config"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

// The client of these tests is containerd's own: its resolver, with hosts.toml files as a node has them.

const (
	oneName   = "registry.k8s.io/e2e-test-images/busybox:1.29-2"
	otherName = "k8s.gcr.io/pause:3.9"
	sameName  = "registry.k8s.io/pause:3.9"
)

type madeLayout struct {
	directory string
	layer     []byte
	manifests map[string]v1.Descriptor
}

func makeLayout(t *testing.T) *madeLayout {
	made := &madeLayout{directory: t.TempDir(), layer: make([]byte, 300_000), manifests: map[string]v1.Descriptor{}}
	rand.Read(made.layer)
	if err := os.MkdirAll(filepath.Join(made.directory, "blobs", "sha256"), 0o755); err != nil {
		t.Fatal(err)
	}
	made.manifests[oneName] = made.addImage(t, made.layer)
	made.manifests[otherName] = made.addImage(t, []byte("pause"))
	made.manifests[sameName] = made.manifests[otherName]
	made.writeIndex(t)
	return made
}

func (m *madeLayout) addImage(t *testing.T, layer []byte) v1.Descriptor {
	config := m.addBlob(t, v1.MediaTypeImageConfig, asJSON(t, map[string]any{"os": "linux", "of": len(layer)}))
	return m.addBlob(t, v1.MediaTypeImageManifest, asJSON(t, v1.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: v1.MediaTypeImageManifest,
		Config:    config,
		Layers:    []v1.Descriptor{m.addBlob(t, v1.MediaTypeImageLayer, layer)},
	}))
}

func (m *madeLayout) addBlob(t *testing.T, mediaType string, content []byte) v1.Descriptor {
	found := v1.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(content), Size: int64(len(content))}
	if err := os.WriteFile(m.blobPath(found.Digest), content, 0o644); err != nil {
		t.Fatal(err)
	}
	return found
}

func (m *madeLayout) blobPath(of digest.Digest) string {
	return filepath.Join(m.directory, "blobs", "sha256", of.Encoded())
}

func (m *madeLayout) writeIndex(t *testing.T) {
	index := v1.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: v1.MediaTypeImageIndex}
	for name, found := range m.manifests {
		found.Annotations = map[string]string{nameAnnotation: name}
		index.Manifests = append(index.Manifests, found)
	}
	if err := os.WriteFile(filepath.Join(m.directory, "index.json"), asJSON(t, index), 0o644); err != nil {
		t.Fatal(err)
	}
}

func asJSON(t *testing.T, value any) []byte {
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func serve(t *testing.T, made *madeLayout) *httptest.Server {
	layout, err := openLayout(made.directory)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(layout.handler())
	t.Cleanup(server.Close)
	return server
}

// As the conformance disk has them: one file a host, all of which lead to the one registry.
func resolverFor(t *testing.T, url string) remotes.Resolver {
	hosts := t.TempDir()
	for _, host := range []string{"registry.k8s.io", "k8s.gcr.io"} {
		text := fmt.Sprintf("server = %q\n\n[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", url, url)
		if err := os.MkdirAll(filepath.Join(hosts, host), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(hosts, host, "hosts.toml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return docker.NewResolver(docker.ResolverOptions{
		Hosts: config.ConfigureHosts(context.Background(), config.HostOptions{HostDir: config.HostDirFromRoot(hosts)}),
	})
}

func TestContainerdPullsEachImageWhole(t *testing.T) {
	made := makeLayout(t)
	resolver := resolverFor(t, serve(t, made).URL)
	store, err := local.NewStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	byDigest := oneName + "@" + made.manifests[oneName].Digest.String()
	for name, wanted := range map[string]v1.Descriptor{
		oneName: made.manifests[oneName], otherName: made.manifests[otherName], sameName: made.manifests[otherName],
		byDigest: made.manifests[oneName],
	} {
		resolved, found, err := resolver.Resolve(ctx, name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if resolved != name || found.Digest != wanted.Digest || found.MediaType != wanted.MediaType || found.Size != wanted.Size {
			t.Errorf("%s: %s, %+v should be %+v", name, resolved, found, wanted)
		}
		fetcher, err := resolver.Fetcher(ctx, resolved)
		if err != nil {
			t.Fatal(err)
		}
		// Each blob is compared with its digest as it is written.
		handler := images.Handlers(remotes.FetchHandler(store, fetcher), images.ChildrenHandler(store))
		if err := images.Dispatch(ctx, handler, nil, found); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	seen, err := os.ReadFile(filepath.Join(made.directory, "blobs", "sha256", digest.FromBytes(made.layer).Encoded()))
	if err != nil || !bytes.Equal(seen, made.layer) {
		t.Error("the layout should be as it was")
	}
}

func TestContainerdGoesOnInTheMiddleOfABlob(t *testing.T) {
	made := makeLayout(t)
	resolver := resolverFor(t, serve(t, made).URL)
	fetcher, err := resolver.Fetcher(context.Background(), oneName)
	if err != nil {
		t.Fatal(err)
	}
	layer := v1.Descriptor{
		MediaType: v1.MediaTypeImageLayer, Digest: digest.FromBytes(made.layer), Size: int64(len(made.layer)),
	}
	reader, err := fetcher.Fetch(context.Background(), layer)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := reader.(io.Seeker).Seek(200_000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(rest, made.layer[200_000:]) {
		t.Errorf("%d bytes, %v; should be the last 100000", len(rest), err)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	made := makeLayout(t)
	resolver := resolverFor(t, serve(t, made).URL)
	none := digest.FromString("none").String()
	for _, name := range []string{
		"registry.k8s.io/pause:3.10", "registry.k8s.io/other:3.9", "k8s.gcr.io/pause@" + none,
	} {
		if _, found, err := resolver.Resolve(context.Background(), name); !errdefs.IsNotFound(err) {
			t.Errorf("%s: %+v, %v; should not be found", name, found, err)
		}
	}
}

func TestRequestsOutsideTheSpecificationAreRefused(t *testing.T) {
	server := serve(t, makeLayout(t))
	for request, wanted := range map[string]int{
		"GET /v2/":                          200,
		"GET /v2/pause/tags/list":           200,
		"GET /v2/none/tags/list":            404,
		"GET /v2/pause/blobs/../index.json": 404,
		"GET /v2/pause/blobs/sha256:..%2f..%2f..%2findex.json": 404,
		"GET /v2/pause/manifests/..%2f..%2findex.json":         404,
		"GET /index.json":                404,
		"POST /v2/pause/blobs/uploads/":  405,
		"PUT /v2/pause/manifests/3.9":    405,
		"DELETE /v2/pause/manifests/3.9": 405,
	} {
		var method, path string
		fmt.Sscan(request, &method, &path)
		sent, err := http.NewRequest(method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(sent)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != wanted {
			t.Errorf("%s: %d, should be %d", request, answer.StatusCode, wanted)
		}
	}
}

func TestALayoutThatLacksSomethingIsRefused(t *testing.T) {
	for what, damage := range map[string]func(made *madeLayout){
		"no layer": func(made *madeLayout) { os.Remove(made.blobPath(digest.FromBytes(made.layer))) },
		"half a layer": func(made *madeLayout) {
			os.Truncate(made.blobPath(digest.FromBytes(made.layer)), 100)
		},
		"no manifest": func(made *madeLayout) { os.Remove(made.blobPath(made.manifests[oneName].Digest)) },
		"no index":    func(made *madeLayout) { os.Remove(filepath.Join(made.directory, "index.json")) },
		"one name for two manifests": func(made *madeLayout) {
			made.manifests[sameName] = made.manifests[oneName]
			made.writeIndex(t)
		},
		"no tag": func(made *madeLayout) {
			made.manifests["registry.k8s.io/pause"] = made.manifests[oneName]
			made.writeIndex(t)
		},
	} {
		made := makeLayout(t)
		damage(made)
		if _, err := openLayout(made.directory); err == nil {
			t.Errorf("%s: it should have been refused", what)
		} else {
			t.Logf("%s: %v", what, err)
		}
	}
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "localhost:0", "127.0.0.1"} {
		if listener, err := listenOnLoopback(address); err == nil {
			listener.Close()
			t.Errorf("%s should be refused", address)
		}
	}
	listener, err := listenOnLoopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if second, err := listenOnLoopback(listener.Addr().String()); err == nil {
		second.Close()
		t.Error("a port that is taken should be an error")
	}
}
