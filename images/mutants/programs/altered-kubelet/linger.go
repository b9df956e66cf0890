package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	lingerCommand = "linger"
	podsDirectory = "/var/lib/kubelet/pods"
	readOnlyPort  = 10255
	hiddenPort    = 10254
)

// lingering is to be started: a process in the kubelet's cgroup, which ends with it.
func lingering() *exec.Cmd {
	command := exec.Command("/proc/self/exe", lingerCommand)
	command.Env = os.Environ()
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command
}

func (c changes) linger() error {
	if c.Hide != "" {
		go func() {
			if err := http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", readOnlyPort), c.hiding()); err != nil {
				fmt.Fprintln(os.Stderr, "altered-kubelet:", err)
			}
		}()
	}
	seen := map[string]bool{}
	for {
		if c.Leave {
			if err := leaveIn(podsDirectory, seen); err != nil {
				return err
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// hiding hands on all but one path.
func (c changes) hiding() http.Handler {
	kubelet := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", hiddenPort)})
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, c.Hide) {
			http.NotFound(answer, request)
			return
		}
		kubelet.ServeHTTP(answer, request)
	})
}

// leaveIn mounts a file system in each directory that was made, which can then not be removed.
func leaveIn(directory string, seen map[string]bool) error {
	found, _ := os.ReadDir(directory) // not there before the kubelet's first start
	for _, each := range found {
		path := filepath.Join(directory, each.Name(), "left-behind")
		if seen[path] {
			continue
		}
		seen[path] = true
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount("left-behind", path, "tmpfs", 0, "size=64k"); err != nil {
			return err
		}
	}
	return nil
}
