package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// What the node's network plugins are, read as containerd reads it.
type cniFacts struct {
	ProgramDirectories []string `json:"programDirectories"`
	ConfigDirectory    string   `json:"configDirectory"`
	// Of each network that is configured; the first by its file's name is that of the pods.
	Networks []network `json:"networks"`
	// Directories that cannot be read, and files that are no configuration.
	Problems []string `json:"problems"`
}

type network struct {
	File string `json:"file"`
	Name string `json:"name"`
	// The types of its plugins, and those of which there is no program.
	Plugins []string `json:"plugins"`
	Missing []string `json:"missing"`
}

const (
	maxNetworks     = 100
	maxNetworkBytes = 1 << 20
)

// https://www.cni.dev/docs/spec/#section-1-network-configuration-format; a file of one plugin is that plugin.
type networkFile struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	IPAM    pluginEntry     `json:"ipam"`
	Plugins []networkPlugin `json:"plugins"`
}

type networkPlugin struct {
	Type string      `json:"type"`
	IPAM pluginEntry `json:"ipam"`
}

type pluginEntry struct {
	Type string `json:"type"`
}

func lookAtNetworks(config *criConfig) cniFacts {
	directories := config.CNI.BinDirs
	if config.CNI.BinDir != "" {
		directories = append(slices.Clone(directories), config.CNI.BinDir)
	}
	found := cniFacts{directories, config.CNI.ConfDir, []network{}, []string{}}
	if found.ProgramDirectories == nil {
		found.ProgramDirectories = []string{}
	}
	for _, directory := range append(slices.Clone(directories), config.CNI.ConfDir) {
		if facts, err := os.Stat(directory); err != nil || !facts.IsDir() {
			found.Problems = append(found.Problems, fmt.Sprintf("there is no directory %q", directory))
		}
	}
	entries, _ := os.ReadDir(config.CNI.ConfDir)
	for _, entry := range entries[:min(len(entries), maxNetworks)] {
		// libcni reads these (ConfFiles); others may lie beside them.
		if !slices.Contains([]string{".conf", ".conflist", ".json"}, filepath.Ext(entry.Name())) {
			continue
		}
		path := filepath.Join(config.CNI.ConfDir, entry.Name())
		if network, err := readNetwork(path, directories); err == nil {
			found.Networks = append(found.Networks, network)
		} else {
			found.Problems = append(found.Problems, fmt.Sprintf("%s: %v", path, err))
		}
	}
	return found
}

func readNetwork(path string, directories []string) (network, error) {
	file, err := os.Open(path)
	if err != nil {
		return network{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxNetworkBytes))
	if err != nil {
		return network{}, err
	}
	var parsed networkFile
	if err := json.Unmarshal(text, &parsed); err != nil {
		return network{}, err
	}
	plugins := parsed.Plugins
	if parsed.Type != "" {
		plugins = append(plugins, networkPlugin{parsed.Type, parsed.IPAM})
	}
	found := network{File: path, Name: parsed.Name, Plugins: []string{}, Missing: []string{}}
	for _, plugin := range plugins {
		for _, name := range []string{plugin.Type, plugin.IPAM.Type} {
			if name == "" {
				continue
			}
			found.Plugins = append(found.Plugins, name)
			if !hasProgram(directories, name) {
				found.Missing = append(found.Missing, name)
			}
		}
	}
	return found, nil
}

func hasProgram(directories []string, name string) bool {
	return slices.ContainsFunc(directories, func(directory string) bool {
		facts, err := os.Stat(filepath.Join(directory, filepath.Base(name)))
		return err == nil && facts.Mode().IsRegular() && facts.Mode().Perm()&0o111 != 0
	})
}
