// Command altered-kubelet stands in front of the kubelet. It changes what the kubelet is given as changes.json beside it says:
// its configuration, its flags, the manifests of its pods. Nothing of it runs once the kubelet does, but what is left on purpose.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const kubelet = "/usr/bin/kubelet"

// changes are made to a kubelet that is started with a configuration in JSON: the one that a suite wrote.
type changes struct {
	// Version is what it calls itself.
	Version string `json:"version"`
	// IsSilent: it says nothing of why it ends when nobody but a caller listens.
	IsSilent bool `json:"isSilent"`
	// TakesAnything: it goes on with any configuration that a caller gives it, whatever is in it.
	TakesAnything bool           `json:"takesAnything"`
	Config        map[string]any `json:"config"`
	Flags         []string       `json:"flags"`
	// Manifests: texts that others take the place of, in each manifest.
	Manifests map[string]string `json:"manifests"`
	// AddManifests by the names of their files.
	AddManifests map[string]json.RawMessage `json:"addManifests"`
	// Leave mounts a file system in each pod's directory, for ever.
	Leave bool `json:"leave"`
	// Hide: a path that the read-only port does not serve.
	Hide string `json:"hide"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "altered-kubelet:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	changes, err := readChanges()
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == lingerCommand {
		return changes.linger()
	}
	if changes.Version != "" && slices.Contains(args, "--version") {
		fmt.Println("Kubernetes", changes.Version)
		return nil
	}
	isService := os.Getenv("NOTIFY_SOCKET") != ""
	if changes.TakesAnything && !isService && slices.ContainsFunc(args, isConfig) {
		for {
			_ = syscall.Pause() // as one that has come up does; a signal of Go's runtime may end it
		}
	}
	if changes.IsSilent && !isService {
		if err := hush(); err != nil {
			return err
		}
	}
	if isService {
		if err := changes.apply(args); err != nil {
			return err
		}
		args = append(args, changes.Flags...)
	}
	return syscall.Exec(kubelet, append([]string{kubelet}, args...), os.Environ())
}

func isConfig(arg string) bool { return strings.HasPrefix(arg, "--config=") }

func readChanges() (changes changes, err error) {
	self, err := os.Executable()
	if err != nil {
		return changes, err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(self), "changes.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return changes, nil
	}
	if err != nil {
		return changes, err
	}
	return changes, json.Unmarshal(text, &changes)
}

func hush() error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return syscall.Dup3(int(null.Fd()), int(os.Stderr.Fd()), 0)
}

// apply leaves a configuration that is not JSON as it is: the image's own.
func (c changes) apply(args []string) error {
	path := ""
	for _, arg := range args {
		if isConfig(arg) {
			path = strings.TrimPrefix(arg, "--config=")
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config map[string]any
	if json.Unmarshal(text, &config) != nil {
		return nil
	}
	if c.Hide != "" {
		config["readOnlyPort"] = hiddenPort
	}
	for name, value := range c.Config {
		config[name] = value
	}
	if text, err = json.Marshal(config); err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	if directory, isText := config["staticPodPath"].(string); isText {
		if err := c.changeManifests(directory); err != nil {
			return err
		}
	}
	if c.Leave || c.Hide != "" {
		return lingering().Start()
	}
	return nil
}

func (c changes) changeManifests(directory string) error {
	files, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(directory, file.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		changed := string(text)
		for from, to := range c.Manifests {
			changed = strings.ReplaceAll(changed, from, to)
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			return err
		}
	}
	for name, text := range c.AddManifests {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
