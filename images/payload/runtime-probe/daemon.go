package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	introspection "github.com/containerd/containerd/api/services/introspection/v1"
	version "github.com/containerd/containerd/api/services/version/v1"
	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/types/known/emptypb"
)

type foundPlugin struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	// Why it was not started; empty when it was.
	Error string `json:"error"`
}

// The file system that containerd keeps its state on.
type storage struct {
	Root string `json:"root"`
	// As in statfs(2).
	Magic          int64 `json:"magic"`
	AvailableBytes int64 `json:"availableBytes"`
	SizeBytes      int64 `json:"sizeBytes"`
}

// The cgroup that containerd is in.
type cgroupFacts struct {
	// Empty without cgroup v2.
	Path        string   `json:"path"`
	Controllers []string `json:"controllers"`
	// Whether systemd has marked it as one that it leaves alone.
	IsDelegated bool `json:"isDelegated"`
}

type daemonFacts struct {
	Version  string        `json:"version"`
	Revision string        `json:"revision"`
	Plugins  []foundPlugin `json:"plugins"`
	Storage  storage       `json:"storage"`
	Cgroup   cgroupFacts   `json:"cgroup"`
	// What a program without privileges gets at the socket: an error, or nothing when it is let in.
	Stranger string `json:"stranger"`
	// What the shim that runs runc says of itself, found as containerd finds it.
	Shim string `json:"shim"`
}

const maxPlugins = 1000

func askDaemon(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	said, err := version.NewVersionClient(runtime).Version(ctx, &emptypb.Empty{})
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	client := introspection.NewIntrospectionClient(runtime)
	listed, err := client.Plugins(ctx, &introspection.PluginsRequest{})
	if err != nil {
		return nil, fmt.Errorf("plugins: %w", err)
	}
	if len(listed.GetPlugins()) > maxPlugins {
		return nil, fmt.Errorf("containerd has more than %d plugins", maxPlugins)
	}
	found := daemonFacts{Version: said.GetVersion(), Revision: said.GetRevision(), Plugins: []foundPlugin{}, Stranger: connectAsNobody(runtime.socket)}
	for _, plugin := range listed.GetPlugins() {
		found.Plugins = append(found.Plugins, foundPlugin{plugin.GetType(), plugin.GetID(), plugin.GetInitErr().GetMessage()})
	}
	if found.Storage, err = runtime.storage(ctx); err != nil {
		return nil, err
	}
	// A containerd that does not tell its process has the PATH that services have.
	server, err := client.Server(ctx, &emptypb.Empty{})
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	found.Cgroup = lookAtCgroup(uint32(server.GetPid()))
	found.Shim = askShim(ctx, pathOf(server.GetPid()))
	return found, nil
}

func (r *runtime) storage(ctx context.Context) (storage, error) {
	content, err := r.contentRoot(ctx)
	if err != nil {
		return storage{}, err
	}
	found := storage{Root: filepath.Dir(content)}
	var facts syscall.Statfs_t
	if err := syscall.Statfs(found.Root, &facts); err != nil {
		return storage{}, fmt.Errorf("statfs %s: %w", found.Root, err)
	}
	found.Magic = facts.Type
	found.AvailableBytes = int64(facts.Bavail) * facts.Bsize
	found.SizeBytes = int64(facts.Blocks) * facts.Bsize
	return found, nil
}

// delegateMark is an extended attribute (https://systemd.io/CGROUP_DELEGATION/, "Marking of delegated subtrees").
const delegateMark = "trusted.delegate"

func lookAtCgroup(pid uint32) cgroupFacts {
	path := cgroupOf(pid)
	var facts syscall.Statfs_t
	// systemd may mount version 2 elsewhere, beside version 1 and without controllers.
	if err := syscall.Statfs(cgroupRoot, &facts); err != nil || facts.Type != unix.CGROUP2_SUPER_MAGIC || path == "" {
		return cgroupFacts{Controllers: []string{}}
	}
	directory := filepath.Join(cgroupRoot, path)
	text, _ := os.ReadFile(filepath.Join(directory, "cgroup.controllers"))
	mark := make([]byte, 1)
	size, err := syscall.Getxattr(directory, delegateMark, mark)
	return cgroupFacts{path, append([]string{}, strings.Fields(string(text))...), err == nil && size == 1 && mark[0] == '1'}
}

// systemd's own (systemd.exec(5), $PATH).
const servicePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func pathOf(pid uint64) string {
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return servicePath
	}
	for _, variable := range strings.Split(string(environment), "\x00") {
		if path, isPath := strings.CutPrefix(variable, "PATH="); isPath {
			return path
		}
	}
	return servicePath
}

const (
	shimName    = "containerd-shim-runc-v2"
	shimTimeout = 20 * time.Second
	maxShimText = 1000
)

func askShim(ctx context.Context, path string) string {
	ctx, cancel := context.WithTimeout(ctx, shimTimeout)
	defer cancel()
	for _, directory := range filepath.SplitList(path) {
		program := filepath.Join(directory, shimName)
		if facts, err := os.Stat(program); err != nil || !facts.Mode().IsRegular() || facts.Mode().Perm()&0o111 == 0 {
			continue
		}
		output, err := exec.CommandContext(ctx, program, "-v").CombinedOutput()
		text := strings.Join(strings.Fields(string(output[:min(len(output), maxShimText)])), " ")
		if err != nil {
			return fmt.Sprintf("error: %s: %v", program, err)
		}
		return text
	}
	return "error: no " + shimName + " in " + path
}
