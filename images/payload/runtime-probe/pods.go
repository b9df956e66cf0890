package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	tasks "github.com/containerd/containerd/api/services/tasks/v1"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// By this label what we made is found again, and nothing else is touched.
var ownLabel = map[string]string{"bootwright": "runtime-probe"}

// logRoot holds what containers print, in a directory a pod.
const logRoot = "/run/bootwright-container-logs"

// Pods that are made as a kubelet makes them: through the CRI.
type pods struct {
	*runtime
	runtimes cri.RuntimeServiceClient
	image    string
	// Where their cgroups are, as a kubelet with this driver says it.
	cgroupParent string
}

func newPods(runtime *runtime, image, driver string) *pods {
	// A slice that is always there: none of our own would have to be removed.
	parents := map[string]string{"systemd": "system.slice", "cgroupfs": "/"}
	return &pods{runtime, cri.NewRuntimeServiceClient(runtime), image, parents[driver]}
}

type pod struct {
	id     string
	config *cri.PodSandboxConfig
}

func (p *pods) run(ctx context.Context, name string, network cri.NamespaceMode) (*pod, error) {
	logs := filepath.Join(logRoot, name)
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, err
	}
	config := &cri.PodSandboxConfig{
		Metadata:     &cri.PodSandboxMetadata{Name: name, Namespace: "bootwright", Uid: "bootwright-" + name},
		LogDirectory: logs,
		Labels:       ownLabel,
		// As a kubelet always says; else the node's resolv.conf is copied, and a node without networks may have none.
		DnsConfig: &cri.DNSConfig{Servers: []string{"127.0.0.1"}},
		Linux: &cri.LinuxPodSandboxConfig{
			CgroupParent: p.cgroupParent,
			SecurityContext: &cri.LinuxSandboxSecurityContext{
				NamespaceOptions: &cri.NamespaceOption{Network: network, Pid: cri.NamespaceMode_CONTAINER},
				Seccomp:          &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault},
			},
		},
	}
	// The node's name is that of a pod in the node's network; it must be left out there.
	if network == cri.NamespaceMode_POD {
		config.Hostname = name
	}
	answer, err := p.runtimes.RunPodSandbox(ctx, &cri.RunPodSandboxRequest{Config: config})
	if err != nil {
		return nil, fmt.Errorf("pod %s: %w", name, err)
	}
	return &pod{answer.GetPodSandboxId(), config}, nil
}

type container struct {
	id      string
	logPath string
}

// start creates a container in a pod and starts it; the default profile of system calls is asked for.
func (p *pods) start(ctx context.Context, in *pod, name string, args []string, change func(*cri.ContainerConfig)) (container, error) {
	network := in.config.GetLinux().GetSecurityContext().GetNamespaceOptions()
	config := &cri.ContainerConfig{
		Metadata: &cri.ContainerMetadata{Name: name},
		Image:    &cri.ImageSpec{Image: p.image},
		Args:     args,
		Labels:   ownLabel,
		LogPath:  name + ".log",
		Linux: &cri.LinuxContainerConfig{
			Resources: &cri.LinuxContainerResources{},
			SecurityContext: &cri.LinuxContainerSecurityContext{
				NamespaceOptions: network,
				Seccomp:          &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault},
			},
		},
	}
	if change != nil {
		change(config)
	}
	created, err := p.runtimes.CreateContainer(ctx, &cri.CreateContainerRequest{
		PodSandboxId: in.id, Config: config, SandboxConfig: in.config,
	})
	if err != nil {
		return container{}, fmt.Errorf("creating container %s: %w", name, err)
	}
	made := container{created.GetContainerId(), filepath.Join(in.config.GetLogDirectory(), config.GetLogPath())}
	if _, err := p.runtimes.StartContainer(ctx, &cri.StartContainerRequest{ContainerId: made.id}); err != nil {
		return container{}, fmt.Errorf("starting container %s: %w", name, err)
	}
	return made, nil
}

// pid of a container's first process.
func (p *pods) pid(ctx context.Context, id string) (uint32, error) {
	answer, err := tasks.NewTasksClient(p).Get(ctx, &tasks.GetRequest{ContainerID: id})
	if err != nil {
		return 0, fmt.Errorf("task of %s: %w", id, err)
	}
	return answer.GetProcess().GetPid(), nil
}

// How a container ended.
type ending struct {
	Error    string `json:"error"`
	ExitCode int32  `json:"exitCode"`
	Reason   string `json:"reason"`
	Output   string `json:"output"`
}

// The CRI's own events come only where they are turned on (kubelets ask again and again, too).
const askAgain = 200 * time.Millisecond

// ended waits until a container has; its error is told in the answer.
func (p *pods) ended(ctx context.Context, made container, err error) ending {
	if err != nil {
		return ending{Error: err.Error()}
	}
	return p.seen(ctx, made, func(state *cri.ContainerStatus) bool {
		return state.GetState() == cri.ContainerState_CONTAINER_EXITED
	})
}

// seen tells of a container as soon as that holds of it, or why it did not come to that.
func (p *pods) seen(ctx context.Context, made container, holds func(*cri.ContainerStatus) bool) ending {
	// One that goes on for ever leaves the others some of the time.
	ctx, cancel := shareOf(ctx)
	defer cancel()
	for {
		answer, err := p.runtimes.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: made.id})
		if err != nil {
			return ending{Error: err.Error()}
		}
		state := answer.GetStatus()
		if holds(state) {
			return ending{"", state.GetExitCode(), state.GetReason(), printed(made.logPath)}
		}
		if err := pause(ctx); err != nil {
			return ending{Error: fmt.Sprintf("%s when the time was up", state.GetState()), Output: printed(made.logPath)}
		}
	}
}

const longest = time.Minute

// shareOf the time that is left: what comes later has some too.
func shareOf(ctx context.Context) (context.Context, context.CancelFunc) {
	const share = 4
	end, isLimited := ctx.Deadline()
	if !isLimited {
		return context.WithTimeout(ctx, longest)
	}
	return context.WithTimeout(ctx, min(time.Until(end)/share, longest))
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return errors.New("it was still so when the time was up")
	case <-time.After(askAgain):
		return nil
	}
}

const maxLogBytes = 64 << 10

// printed is what a log says: each line has a time, a stream and a tag before it (CRI, "container logging").
func printed(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	log, _ := io.ReadAll(io.LimitReader(file, maxLogBytes))
	text := &strings.Builder{}
	for line := range strings.Lines(string(log)) {
		if parts := strings.SplitN(line, " ", 4); len(parts) == 4 {
			text.WriteString(parts[3])
		}
	}
	return text.String()
}
