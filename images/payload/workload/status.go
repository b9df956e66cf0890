package main

import (
	"encoding/json"
	"os"
	"strings"
)

// What a process of a container is allowed, as the kernel tells it.
type status struct {
	PID          int               `json:"pid"`
	UID          int               `json:"uid"`
	GID          int               `json:"gid"`
	Groups       []int             `json:"groups"`
	Capabilities map[string]string `json:"capabilities"`
	Seccomp      string            `json:"seccomp"`
	NoNewPrivs   string            `json:"noNewPrivs"`
	Cgroup       string            `json:"cgroup"`
	Hostname     string            `json:"hostname"`
	Arguments    []string          `json:"arguments"`
	Environment  []string          `json:"environment"`
}

func printStatus([]string) error {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	fields := statusFields(string(text))
	groups, err := os.Getgroups()
	if err != nil {
		return err
	}
	cgroup, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return err
	}
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	capabilities := map[string]string{}
	for _, set := range []string{"Inh", "Prm", "Eff", "Bnd", "Amb"} {
		capabilities[strings.ToLower(set)] = fields["Cap"+set]
	}
	return json.NewEncoder(os.Stdout).Encode(status{
		PID: os.Getpid(), UID: os.Getuid(), GID: os.Getgid(), Groups: groups,
		Capabilities: capabilities, Seccomp: fields["Seccomp"], NoNewPrivs: fields["NoNewPrivs"],
		Cgroup: strings.TrimSpace(string(cgroup)), Hostname: hostname, Arguments: os.Args, Environment: os.Environ(),
	})
}

// statusFields reads proc_pid_status(5): a name, a colon and a value a line.
func statusFields(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, isField := strings.Cut(line, ":"); isField {
			fields[name] = strings.TrimSpace(value)
		}
	}
	return fields
}
