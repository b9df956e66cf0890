package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// What is to be run; one JSON object is the argument.
type order struct {
	Image string `json:"image"`
	// "systemd" or "cgroupfs".
	CgroupDriver string `json:"cgroupDriver"`
	// What a container prints.
	Nonce string `json:"nonce"`
	// Where kubelets keep the volumes of pods.
	KubeletDirectory string `json:"kubeletDirectory"`
	// Whether pods with a network of their own are tried.
	HasNetwork bool `json:"hasNetwork"`
}

// All that was seen. A part that could not be tried says why and is otherwise empty.
type workloadFacts struct {
	// Why there is no pod to run containers in.
	PodError string `json:"podError"`
	Prints   ending `json:"prints"`
	Exits    ending `json:"exits"`
	Eats     ending `json:"eats"`
	// A container that goes on while a program in it uses too much memory.
	Watches ending      `json:"watches"`
	Serves  serverFacts `json:"serves"`
	Mount   mountFacts  `json:"mount"`
	Network netFacts    `json:"network"`
}

func runWorkloads(ctx context.Context, runtime *runtime, arguments []string) (any, error) {
	var given order
	if len(arguments) != 1 || json.Unmarshal([]byte(arguments[0]), &given) != nil {
		return nil, fmt.Errorf("workloads: expected one JSON object")
	}
	p := newPods(runtime, given.Image, given.CgroupDriver)
	if err := p.lendSandboxImage(ctx); err != nil {
		return nil, err
	}
	var facts workloadFacts
	atOnce(
		func() { facts.Network = p.tryNetwork(ctx, given.HasNetwork) },
		func() { p.tryContainers(ctx, given, &facts) },
	)
	return facts, nil
}

const (
	// Of the container that eats more.
	memoryLimitBytes = 48 << 20
	eatenMiB         = "128"
	exitCodeAsked    = "37"
)

// In the network of the node, so that nothing here needs the node's network plugins.
func (p *pods) tryContainers(ctx context.Context, given order, facts *workloadFacts) {
	main, err := p.run(ctx, "main", cri.NamespaceMode_NODE)
	if err != nil {
		facts.PodError = err.Error()
		return
	}
	ends := func(into *ending, name string, change func(*cri.ContainerConfig), args ...string) func() {
		return func() {
			made, err := p.start(ctx, main, name, args, change)
			*into = p.ended(ctx, made, err)
		}
	}
	limited := func(config *cri.ContainerConfig) {
		config.GetLinux().GetResources().MemoryLimitInBytes = memoryLimitBytes
	}
	atOnce(
		ends(&facts.Prints, "prints", nil, "print", given.Nonce),
		ends(&facts.Exits, "exits", nil, "exit", exitCodeAsked),
		ends(&facts.Eats, "eats", limited, "eat", eatenMiB),
		func() { facts.Watches = p.tryWatcher(ctx, main, limited) },
		func() { facts.Serves = p.tryServerAlone(ctx) },
		func() { facts.Mount = p.tryMount(ctx, main, given.KubeletDirectory) },
	)
	p.dropPod(ctx, main)
}

// tryServerAlone gives the container that has to survive a restart of containerd a pod of its own. When it starts again, containerd
// has runc list the processes of each container of a pod, in 5 s for all of them (io.containerd.timeout.shim.load), and takes
// the pod's shim for lost when that time is over: on an emulated processor it was, in a pod of six containers.
func (p *pods) tryServerAlone(ctx context.Context) serverFacts {
	alone, err := p.run(ctx, "server", cri.NamespaceMode_NODE)
	if err != nil {
		return serverFacts{Error: err.Error()}
	}
	return p.tryServer(ctx, alone)
}

// dropPod removes a pod for the same reason; of what does not go the rest of the node's stock tells.
func (p *pods) dropPod(ctx context.Context, of *pod) {
	_, _ = p.runtimes.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: of.id})
	_, _ = p.runtimes.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: of.id})
}

// tryWatcher waits until the runtime has a reason to tell. With one container that is killed as a whole it may come too late:
// systemd removes its cgroup, and with it the count of what was killed, before the shim has read it (containerd skips the test
// of critest for that where systemd makes the cgroups: script/critest.sh).
func (p *pods) tryWatcher(ctx context.Context, in *pod, limited func(*cri.ContainerConfig)) ending {
	made, err := p.start(ctx, in, "watches", []string{"watch", "eat", eatenMiB}, limited)
	if err != nil {
		return ending{Error: err.Error()}
	}
	return p.seen(ctx, made, func(state *cri.ContainerStatus) bool { return state.GetReason() != "" })
}

func atOnce(acts ...func()) {
	var all sync.WaitGroup
	all.Add(len(acts))
	for _, act := range acts {
		go func() {
			defer all.Done()
			act()
		}()
	}
	all.Wait()
}
