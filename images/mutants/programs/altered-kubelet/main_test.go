package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestAConfigurationOfASuiteAndItsManifestsAreChanged(t *testing.T) {
	directory := t.TempDir()
	config := filepath.Join(directory, "kubelet.yaml")
	manifests := filepath.Join(directory, "manifests")
	check(t, os.Mkdir(manifests, 0o755))
	write(t, config, `{"cpuCFSQuota": true, "staticPodPath": "`+manifests+`", "port": 1}`)
	write(t, filepath.Join(manifests, "a.json"), `{"x": "old old"}`)
	changes := changes{
		Config:       map[string]any{"cpuCFSQuota": false},
		Manifests:    map[string]string{"old": "new"},
		AddManifests: map[string]json.RawMessage{"b.json": json.RawMessage(`{"y":1}`)},
	}
	check(t, changes.apply([]string{"--v=2", "--config=" + config}))
	want := map[string]string{
		"kubelet.yaml":     `{"cpuCFSQuota":false,"port":1,"staticPodPath":"` + manifests + `"}`,
		"manifests/a.json": `{"x": "new new"}`,
		"manifests/b.json": `{"y":1}`,
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(directory, name)); err != nil || string(got) != text {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
}

func TestTheImagesOwnConfigurationIsLeftAlone(t *testing.T) {
	config := filepath.Join(t.TempDir(), "kubelet.yaml")
	const own = "kind: KubeletConfiguration\n"
	write(t, config, own)
	check(t, changes{Config: map[string]any{"port": 2}}.apply([]string{"--config=" + config}))
	if got, err := os.ReadFile(config); err != nil || string(got) != own {
		t.Errorf("got %s, %v", got, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	check(t, os.WriteFile(path, []byte(text), 0o600))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
