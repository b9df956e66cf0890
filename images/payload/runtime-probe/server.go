package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const serverName = "serves"

// A container that goes on: it answers at a port of the node's loopback, and has limits.
type serverFacts struct {
	Error string `json:"error"`
	ID    string `json:"id"`
	PID   uint32 `json:"pid"`
	// Where it answers, and what it said.
	URL    string `json:"url"`
	Answer string `json:"answer"`
	// Of its first process, as the kernel tells it: CapEff, Seccomp and others (proc_pid_status(5)).
	Status map[string]string `json:"status"`
	// Its place in the hierarchy of cgroups, and what stands in files of it.
	Cgroup string            `json:"cgroup"`
	Limits map[string]string `json:"limits"`
	// Programs that were run in it.
	Exec     execFacts `json:"exec"`
	ExecExit execFacts `json:"execExit"`
	ExecLate execFacts `json:"execLate"`
	// Calls by their names, and how they ended.
	Tries      map[string]string `json:"tries"`
	TriesError string            `json:"triesError"`
}

const (
	cpuQuotaUs  = 50_000
	cpuPeriodUs = 100_000
	// More than it needs.
	serverMemoryBytes = 96 << 20
	cpuSet            = "0"
)

func (p *pods) tryServer(ctx context.Context, in *pod) serverFacts {
	address, err := freeAddress()
	if err != nil {
		return serverFacts{Error: err.Error()}
	}
	made, err := p.start(ctx, in, serverName, []string{"serve", address}, func(config *cri.ContainerConfig) {
		resources := config.GetLinux().GetResources()
		resources.CpuPeriod, resources.CpuQuota, resources.CpusetCpus = cpuPeriodUs, cpuQuotaUs, cpuSet
		resources.MemoryLimitInBytes = serverMemoryBytes
		config.Annotations = map[string]string{urlAnnotation: "http://" + address + "/"}
	})
	if err != nil {
		return serverFacts{Error: err.Error()}
	}
	found := p.lookAtServer(ctx, made.id, "http://"+address+"/")
	if found.Error != "" {
		return found
	}
	found.Status = statusOf(found.PID)
	found.Cgroup, found.Limits = limitsOf(found.PID)
	// One after the other: each needs the processor to start a program.
	found.Exec = p.exec(ctx, made.id, 0, "/workload", "print", "told")
	found.ExecExit = p.exec(ctx, made.id, 0, "/workload", "exit", "3")
	tried := p.exec(ctx, made.id, 0, "/workload", "try", "chown", "keyctl", "mount", "settimeofday")
	found.TriesError = tried.Error
	if err := json.Unmarshal([]byte(tried.Output), &found.Tries); err != nil && tried.Error == "" {
		found.TriesError = fmt.Sprintf("exit code %d: %s%s", tried.ExitCode, tried.Output, tried.Errors)
	}
	found.ExecLate = p.exec(ctx, made.id, 1, "/workload", "wait")
	return found
}

// urlAnnotation tells a later start of this program where the container answers.
const urlAnnotation = "bootwright.url"

func (p *pods) lookAtServer(ctx context.Context, id, url string) serverFacts {
	found := serverFacts{ID: id, URL: url}
	var err error
	if found.PID, err = p.pid(ctx, id); err == nil {
		found.Answer, err = answerOf(ctx, url)
	}
	if err != nil {
		found.Error = err.Error()
	}
	return found
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

const (
	maxAnswer     = 4096
	answerTimeout = 10 * time.Second
)

// answerOf asks until the server is there.
func answerOf(ctx context.Context, url string) (string, error) {
	for {
		text, err := getOnce(ctx, url)
		if err == nil {
			return text, nil
		}
		if pause(ctx) != nil {
			return "", fmt.Errorf("nobody answered: %w", err)
		}
	}
}

func getOnce(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	// No connection is kept that would outlive the server.
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return strings.TrimSpace(string(text)), err
}

func statusOf(pid uint32) map[string]string {
	found := map[string]string{}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "Seccomp", "NoNewPrivs":
			found[name] = strings.TrimSpace(value)
		}
	}
	return found
}

// cgroupRoot is where cgroup v2 is mounted.
const cgroupRoot = "/sys/fs/cgroup"

func limitsOf(pid uint32) (string, map[string]string) {
	cgroup := cgroupOf(pid)
	found := map[string]string{}
	for _, name := range []string{"cpu.max", "cpuset.cpus", "memory.max", "pids.max", "cgroup.controllers"} {
		if text, err := os.ReadFile(filepath.Join(cgroupRoot, cgroup, name)); err == nil {
			found[name] = strings.TrimSpace(string(text))
		}
	}
	return cgroup, found
}

// cgroupOf is empty without cgroup v2.
func cgroupOf(pid uint32) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	for line := range strings.Lines(string(text)) {
		if path, isUnified := strings.CutPrefix(line, "0::"); isUnified {
			return strings.TrimSpace(path)
		}
	}
	return ""
}
