package request

import (
	"context"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

type timelineResult struct {
	// Manager has systemd's own stamps in microseconds of CLOCK_MONOTONIC, absent without systemd.
	// Firmware and loader count backwards from the kernel's start (systemd-analyze(1)).
	Manager *managerStamps       `json:"manager"`
	Units   map[string]UnitState `json:"units"`
	Uptime  string               `json:"uptime"`
	Clock   ClockSample          `json:"clock"`
}

type managerStamps struct {
	FirmwareUs     uint64 `json:"firmwareUs"`
	LoaderUs       uint64 `json:"loaderUs"`
	KernelUs       uint64 `json:"kernelUs"`
	InitrdUs       uint64 `json:"initrdUs"`
	UserspaceUs    uint64 `json:"userspaceUs"`
	FinishUs       uint64 `json:"finishUs"`
	SystemState    string `json:"systemState"`
	SystemdVersion string `json:"systemdVersion"`
}

// timeline collects the stamps of a boot. Finish is 0 while jobs of the boot are still queued.
func timeline(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Units []string `json:"units"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return nil, err
	}
	result := timelineResult{Units: map[string]UnitState{}, Uptime: strings.TrimSpace(string(uptime)), Clock: SampleClock()}
	s, err := connectSystemd(ctx)
	if err != nil {
		if failureOf(err).Code == "no-systemd" {
			return result, nil
		}
		return nil, err
	}
	defer s.close()
	all, err := s.properties(ctx, systemdPath, managerIface)
	if err != nil {
		return nil, err
	}
	result.Manager = stampsOf(all)
	for _, name := range params.Units {
		path, err := s.loadUnit(ctx, name)
		if err != nil {
			return nil, err
		}
		if result.Units[name], err = s.stateOf(ctx, name, path); err != nil {
			return nil, err
		}
	}
	return result, nil
}

func stampsOf(all map[string]dbus.Variant) *managerStamps {
	stamp := func(name string) uint64 { return property[uint64](all, name+"TimestampMonotonic") }
	return &managerStamps{
		FirmwareUs: stamp("Firmware"), LoaderUs: stamp("Loader"), KernelUs: stamp("Kernel"),
		InitrdUs: stamp("InitRD"), UserspaceUs: stamp("Userspace"), FinishUs: stamp("Finish"),
		SystemState: property[string](all, "SystemState"), SystemdVersion: property[string](all, "Version"),
	}
}
