package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tasks "github.com/containerd/containerd/api/services/tasks/v1"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// By what pods are known once they are removed.
type traces struct {
	// Of sandboxes and containers: in names of directories, cgroups and snapshots, and in the arguments of their shims.
	ids []string
	// Of their processes: number and start, which no later process has both.
	processes []startedProcess
	cgroups   []string
	// Paths that are bound to network namespaces, addresses that were given out, and the node's ends of their cables.
	namespaces []string
	addresses  []string
	links      []int
	// Where the CRI plugin has a directory for each.
	directories []string
}

type startedProcess struct {
	pid     int
	started string
}

// Where the plugin host-local notes which addresses it gave out (its `dataDir`).
const leaseRoot = "/var/lib/cni/networks"

func (p *pods) tracesOf(ctx context.Context, sandboxes []*cri.PodSandbox, containers []*cri.Container) (traces, error) {
	var found traces
	for _, each := range sandboxes {
		found.ids = append(found.ids, each.GetId())
		if err := p.addNetwork(ctx, each.GetId(), &found); err != nil {
			return traces{}, err
		}
	}
	for _, each := range containers {
		found.ids = append(found.ids, each.GetId())
	}
	facts, err := p.cri(ctx)
	if err != nil {
		return traces{}, err
	}
	for _, base := range []string{facts.config.RootDir, facts.config.StateDir} {
		for _, kind := range []string{"sandboxes", "containers"} {
			found.directories = append(found.directories, filepath.Join(base, kind))
		}
	}
	running, err := tasks.NewTasksClient(p).List(ctx, &tasks.ListTasksRequest{})
	if err != nil {
		return traces{}, fmt.Errorf("tasks: %w", err)
	}
	for _, task := range running.GetTasks() {
		if task.GetPid() != 0 && slices.Contains(found.ids, task.GetID()) {
			found.addProcesses(task.GetPid())
		}
	}
	return found, nil
}

func (t *traces) addProcesses(pid uint32) {
	known := []int{int(pid)}
	// Without cgroup v2, and in its root, a container's other processes cannot be told from the node's.
	if cgroup := cgroupOf(pid); cgroup != "" && cgroup != "/" {
		t.cgroups = append(t.cgroups, cgroup)
		known = append(known, processesIn(cgroup)...)
	}
	for _, each := range known {
		process := startedProcess{each, startOf(each)}
		if process.started != "" && !slices.Contains(t.processes, process) {
			t.processes = append(t.processes, process)
		}
	}
}

// addNetwork reads what the runtime made for a pod in a network of its own; one of the node's network has nothing of it.
func (p *pods) addNetwork(ctx context.Context, id string, found *traces) error {
	answer, err := p.runtimes.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id, Verbose: true})
	if err != nil {
		return fmt.Errorf("status of pod %s: %w", id, err)
	}
	if answer.GetStatus().GetLinux().GetNamespaces().GetOptions().GetNetwork() == cri.NamespaceMode_NODE {
		return nil
	}
	if address := answer.GetStatus().GetNetwork().GetIp(); address != "" {
		found.addresses = append(found.addresses, address)
	}
	var info struct {
		PID         uint32 `json:"pid"`
		RuntimeSpec struct {
			Linux struct {
				Namespaces []struct{ Type, Path string } `json:"namespaces"`
			} `json:"linux"`
		} `json:"runtimeSpec"`
	}
	if err := json.Unmarshal([]byte(answer.GetInfo()["info"]), &info); err != nil {
		return fmt.Errorf("status of pod %s: %w", id, err)
	}
	for _, each := range info.RuntimeSpec.Linux.Namespaces {
		if each.Type == "network" && each.Path != "" {
			found.namespaces = append(found.namespaces, each.Path)
		}
	}
	// The sandbox's own /sys shows its network: the other end of its cable is the node's.
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/root/sys/class/net/eth0/iflink", info.PID))
	if link, isNumber := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && isNumber == nil {
		found.links = append(found.links, link)
	}
	return nil
}

func processesIn(cgroup string) []int {
	text, _ := os.ReadFile(filepath.Join(cgroupRoot, cgroup, "cgroup.procs"))
	var found []int
	for _, word := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(word); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

// startOf a process, in ticks since the kernel started (proc_pid_stat(5), field 22); empty when there is none.
func startOf(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	// Its name, in parentheses, may have any characters in it.
	fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
	const afterName = 22 - 3
	if len(fields) <= afterName {
		return ""
	}
	return fields[afterName]
}
