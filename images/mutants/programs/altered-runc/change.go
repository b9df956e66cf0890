package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// change is what is different of one container. Field names are those of config.json of the OCI runtime specification.
type change struct {
	// DropMounts by their destinations, with what is mounted below.
	DropMounts []string `json:"dropMounts"`
	AddMounts  []any    `json:"addMounts"`
	// MakeWritable: mounts at and below this destination.
	MakeWritable   string   `json:"makeWritable"`
	AddNamespaces  []string `json:"addNamespaces"`
	DropNamespaces []string `json:"dropNamespaces"`
	// DropCapabilities: all of them.
	DropCapabilities bool     `json:"dropCapabilities"`
	DropArgs         []string `json:"dropArgs"`
	AddArgs          []string `json:"addArgs"`
	Leave            *leave   `json:"leave"`
}

type object = map[string]any

func (c change) onCreate(bundle string) error {
	path := filepath.Join(bundle, "config.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config object
	if err := json.Unmarshal(text, &config); err != nil {
		return err
	}
	c.applyTo(config)
	if text, err = json.Marshal(config); err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	if c.Leave == nil {
		return nil
	}
	return c.Leave.mount(filepath.Join(bundle, "rootfs"))
}

func (c change) applyTo(config object) {
	config["mounts"] = c.mounts(list(config["mounts"]))
	linux, process := part(config, "linux"), part(config, "process")
	namespaces := slices.DeleteFunc(list(linux["namespaces"]), func(each any) bool {
		return slices.Contains(c.DropNamespaces, text(each, "type"))
	})
	for _, kind := range c.AddNamespaces {
		namespaces = append(namespaces, object{"type": kind})
	}
	linux["namespaces"] = namespaces
	if slices.Contains(c.DropNamespaces, "mount") {
		// Without mounts of its own runc refuses these, and roots the container with chroot in the host's.
		delete(linux, "maskedPaths")
		delete(linux, "readonlyPaths")
	}
	if c.DropCapabilities {
		process["capabilities"] = object{}
	}
	args := slices.DeleteFunc(list(process["args"]), func(each any) bool {
		arg, _ := each.(string)
		return slices.Contains(c.DropArgs, arg)
	})
	for _, arg := range c.AddArgs {
		args = append(args, arg)
	}
	process["args"] = args
}

func (c change) mounts(mounts []any) []any {
	mounts = slices.DeleteFunc(mounts, func(each any) bool {
		return slices.ContainsFunc(c.DropMounts, func(path string) bool { return isAtOrBelow(text(each, "destination"), path) })
	})
	for _, each := range mounts {
		mount, _ := each.(object)
		if c.MakeWritable == "" || !isAtOrBelow(text(mount, "destination"), c.MakeWritable) {
			continue
		}
		options := slices.DeleteFunc(list(mount["options"]), func(option any) bool { return option == "ro" })
		mount["options"] = append(options, "rw")
	}
	return append(mounts, c.AddMounts...)
}

func isAtOrBelow(path, directory string) bool {
	return path == directory || strings.HasPrefix(path, directory+"/")
}

func list(value any) []any {
	values, _ := value.([]any)
	return values
}

func part(of object, name string) object {
	value, isThere := of[name].(object)
	if !isThere {
		value = object{}
		of[name] = value
	}
	return value
}

func text(of any, name string) string {
	fields, _ := of.(object)
	value, _ := fields[name].(string)
	return value
}
