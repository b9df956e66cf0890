package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	snapshots "github.com/containerd/containerd/api/services/snapshots/v1"
)

const snapshotter = "overlayfs"

// leftovers tells in words what there still is of removed pods.
func (p *pods) leftovers(ctx context.Context, of traces) ([]string, error) {
	found := of.processesLeft()
	for _, cgroup := range of.cgroups {
		if exists(filepath.Join(cgroupRoot, cgroup)) {
			found = append(found, "cgroup "+cgroup)
		}
	}
	found = append(found, of.filesLeft()...)
	stored, err := p.snapshots(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range stored {
		if of.isNamed(name) {
			found = append(found, "snapshot "+name)
		}
	}
	return found, nil
}

func (t traces) isNamed(text string) bool {
	return slices.ContainsFunc(t.ids, func(id string) bool { return strings.Contains(text, id) })
}

func (t traces) processesLeft() []string {
	var found []string
	for _, each := range t.processes {
		if startOf(each.pid) == each.started {
			found = append(found, fmt.Sprintf("process %d", each.pid))
		}
	}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		// A shim's argument is the pod's id.
		arguments, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if entry.Name() != "self" && entry.Name() != "thread-self" && t.isNamed(string(arguments)) {
			said := strings.Join(strings.Split(bounded(arguments), "\x00"), " ")
			found = append(found, "process "+entry.Name()+": "+strings.TrimSpace(said))
		}
	}
	return found
}

func (t traces) filesLeft() []string {
	var found []string
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		const at = 4 // the mount point
		if len(fields) > at && (t.isNamed(line) || slices.Contains(t.namespaces, fields[at])) {
			found = append(found, "mount "+fields[at])
		}
	}
	for _, path := range t.namespaces {
		if exists(path) {
			found = append(found, "network namespace "+path)
		}
	}
	for _, address := range t.addresses {
		leases, _ := filepath.Glob(filepath.Join(leaseRoot, "*", address))
		for _, path := range leases {
			found = append(found, "address "+path)
		}
	}
	for _, link := range t.links {
		if device, err := net.InterfaceByIndex(link); err == nil {
			found = append(found, "network device "+device.Name)
		}
	}
	for _, directory := range t.directories {
		for _, id := range t.ids {
			if path := filepath.Join(directory, id); exists(path) {
				found = append(found, "directory "+path)
			}
		}
	}
	return found
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

const maxSnapshots = 10_000

func (r *runtime) snapshots(ctx context.Context) ([]string, error) {
	stream, err := snapshots.NewSnapshotsClient(r).List(ctx, &snapshots.ListSnapshotsRequest{Snapshotter: snapshotter})
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	found := []string{}
	for {
		answer, err := stream.Recv()
		if isEnd(err) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("snapshots: %w", err)
		}
		for _, each := range answer.GetInfo() {
			found = append(found, each.GetName())
		}
		if len(found) > maxSnapshots {
			return nil, fmt.Errorf("there are more than %d snapshots", maxSnapshots)
		}
	}
}
