package main

import (
	"os"
	"path/filepath"
	"testing"
)

func written(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestNetworksAreReadWithTheProgramsThatTheyLack(t *testing.T) {
	base := t.TempDir()
	programs, networks := filepath.Join(base, "bin"), filepath.Join(base, "net.d")
	written(t, filepath.Join(programs, "bridge"), "", 0o755)
	written(t, filepath.Join(programs, "host-local"), "", 0o644)
	written(t, filepath.Join(networks, "10-list.conflist"),
		`{"name": "list", "plugins": [{"type": "bridge", "ipam": {"type": "host-local"}}]}`, 0o644)
	written(t, filepath.Join(networks, "20-one.conf"), `{"name": "one", "type": "ptp"}`, 0o644)
	written(t, filepath.Join(networks, "30-broken.json"), `{`, 0o644)
	written(t, filepath.Join(networks, "README"), `{`, 0o644)
	config := &criConfig{}
	config.CNI.BinDir, config.CNI.ConfDir = programs, networks

	found := lookAtNetworks(config)
	expect(t, found.Networks, []network{
		{filepath.Join(networks, "10-list.conflist"), "list", []string{"bridge", "host-local"}, []string{"host-local"}},
		{filepath.Join(networks, "20-one.conf"), "one", []string{"ptp"}, []string{"ptp"}},
	})
	expect(t, len(found.Problems), 1)
}

func TestDirectoriesThatAreNotThereAreProblems(t *testing.T) {
	config := &criConfig{}
	config.CNI.BinDirs, config.CNI.ConfDir = []string{"/none/bin"}, "/none/net.d"
	expect(t, lookAtNetworks(config).Problems, []string{`there is no directory "/none/bin"`, `there is no directory "/none/net.d"`})
}
