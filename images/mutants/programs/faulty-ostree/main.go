// Command faulty-ostree stands in place of ostree. It runs the real one beside it, and does harm where faults.json beside it
// says so, when a release is deployed or a deployment is made the default.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"bootwright/mutants/programs/internal/standin"
)

const (
	sysroot  = "/sysroot"
	etcLayer = "/run/metadata/etc"
	lock     = "/var/lib/faulty-ostree.lock"
)

type faults struct {
	OnPull       harm `json:"onPull"`
	OnUpgrade    harm `json:"onUpgrade"`
	OnDeploy     harm `json:"onDeploy"`
	OnSetDefault harm `json:"onSetDefault"`
}

type harm struct {
	// Pretend: the real program is not run, and what it would do is said to be done.
	Pretend bool `json:"pretend"`
	// HideFailure: that the real program failed is not told by the exit code.
	HideFailure bool `json:"hideFailure"`
	// Trust: what is pulled is not verified.
	Trust bool `json:"trust"`
	// StayLocked: once the real program has failed, it is never run again.
	StayLocked bool `json:"stayLocked"`
	// InPlace: texts that files of the deployment that runs get, in place.
	InPlace map[string]string `json:"inPlace"`
	// InEtc: the same for the /etc of all others.
	InEtc map[string]string `json:"inEtc"`
	// Forget: what was changed in /etc under these names is as if it never was.
	Forget []string `json:"forget"`
	// TakeAway is a file of the deployment that runs, which gets another name before the real program begins; PutBack one that gets its own
	// again when the real program has ended.
	TakeAway string `json:"takeAway"`
	PutBack  string `json:"putBack"`
	// Write: texts that other files get.
	Write map[string]string `json:"write"`
	// HoardMiB is left on the system's disk each time.
	HoardMiB int `json:"hoardMiB"`
}

func main() {
	standin.Main("faulty-ostree", run)
}

func run(args []string) error {
	var all faults
	if err := standin.Read(&all); err != nil {
		return err
	}
	present := all.present(args)
	if present.Pretend {
		fmt.Println("Transaction complete; bootconfig swap: yes; bootversion: boot.0.1, deployment count change: 1")
		return nil
	}
	booted := ""
	var err error
	if len(present.InPlace) > 0 || len(present.InEtc) > 0 || present.TakeAway != "" || present.PutBack != "" {
		// After a deployment its link is gone until the next boot, so only who needs it looks for it.
		if booted, err = bootedDeployment(); err != nil {
			return err
		}
	}
	if present.TakeAway != "" {
		if err := move(booted+present.TakeAway, booted+present.TakeAway+awaySuffix); err != nil {
			return err
		}
	}
	if err := present.runReal(args); err != nil {
		return err
	}
	if present.PutBack != "" {
		if err := move(booted+present.PutBack+awaySuffix, booted+present.PutBack); err != nil {
			return err
		}
	}
	return present.do(booted)
}

const awaySuffix = ".away"

// move makes the other name durable.
func move(from, to string) error {
	if err := standin.MakeWritable(sysroot); err != nil {
		return err
	}
	err := os.Rename(from, to)
	syscall.Sync()
	return err
}

func (f faults) present(args []string) harm {
	for command, does := range map[string]harm{
		"pull-local": f.OnPull, "upgrade": f.OnUpgrade, "deploy": f.OnDeploy, "set-default": f.OnSetDefault,
	} {
		if slices.Contains(args, command) {
			return does
		}
	}
	return harm{}
}

func (h harm) runReal(args []string) error {
	if _, err := os.Lstat(lock); h.StayLocked && err == nil {
		return errors.New("another update is at work")
	}
	if h.Trust {
		args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--untrusted" })
	}
	err := standin.RunReal("ostree", args)
	if err != nil && h.StayLocked {
		return errors.Join(err, os.WriteFile(lock, nil, 0o600))
	}
	if h.HideFailure {
		return nil
	}
	return err
}

// bootedDeployment is looked for before the real program moves the links that lead to it.
func bootedDeployment() (string, error) {
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return "", err
	}
	for _, argument := range strings.Fields(string(text)) {
		if path, isIt := strings.CutPrefix(argument, "ostree="); isIt {
			return filepath.EvalSymlinks(sysroot + path)
		}
	}
	return "", errors.New("no deployment runs")
}

func (h harm) do(booted string) error {
	for _, name := range h.Forget {
		if err := os.Remove(filepath.Join(etcLayer, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for path, text := range h.Write {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	if len(h.InPlace) == 0 && len(h.InEtc) == 0 && h.HoardMiB == 0 {
		return nil
	}
	if err := standin.MakeWritable(sysroot); err != nil {
		return err
	}
	for path, text := range h.InPlace {
		if err := overwrite(booted+path, text); err != nil {
			return err
		}
	}
	if err := h.alterOthers(booted); err != nil {
		return err
	}
	return standin.Hoard(sysroot, h.HoardMiB)
}

// overwrite keeps the inode, which the repository has too.
func overwrite(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

func (h harm) alterOthers(booted string) error {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(booted), "*", "etc"))
	if err != nil {
		return err
	}
	for _, etc := range found {
		if filepath.Dir(etc) == booted {
			continue
		}
		for name, text := range h.InEtc {
			if err := os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
