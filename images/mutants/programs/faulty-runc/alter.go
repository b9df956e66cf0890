package main

import (
	"encoding/json"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

type object = map[string]any

// alter changes a JSON file.
func alter(path string, change func(object)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var value object
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	change(value)
	if text, err = json.Marshal(value); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func (f faults) inContainer(config object) {
	process, linux := part(config, "process"), part(config, "linux")
	f.inProcess(process)
	if f.DropSeccomp {
		delete(linux, "seccomp")
	}
	if f.DropLimits {
		resources := part(linux, "resources")
		delete(resources, "cpu")
		delete(resources, "memory")
	}
	capabilities := part(process, "capabilities")
	for _, set := range []string{"bounding", "effective", "permitted"} {
		own, _ := capabilities[set].([]any)
		for _, name := range f.AddCapabilities {
			own = append(own, name)
		}
		capabilities[set] = own
	}
}

func (f faults) inProcess(process object) {
	args, _ := process["args"].([]any)
	for at, each := range args {
		arg, _ := each.(string)
		if other, isReplaced := f.ReplaceArgs[arg]; isReplaced {
			args[at] = other
		}
	}
}

func part(of object, name string) object {
	value, isThere := of[name].(object)
	if !isThere {
		value = object{}
		of[name] = value
	}
	return value
}

// waitFor a process to end that is nobody's child here: its descriptor becomes readable then (pidfd_open(2)).
func waitFor(pid string) error {
	number, err := strconv.Atoi(pid)
	if err != nil {
		return err
	}
	const pidfdOpen = 434
	descriptor, _, errno := syscall.Syscall(pidfdOpen, uintptr(number), 0, 0)
	if errno != 0 {
		return nil // it has ended
	}
	poll := struct {
		descriptor      int32
		events, reached int16
	}{descriptor: int32(descriptor), events: 1} // POLLIN
	for {
		_, _, errno := syscall.Syscall(syscall.SYS_POLL, uintptr(unsafe.Pointer(&poll)), 1, ^uintptr(0))
		if errno != syscall.EINTR {
			return nil
		}
	}
}
