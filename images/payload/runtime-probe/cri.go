package main

import (
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

type condition struct {
	Type    string `json:"type"`
	IsMet   bool   `json:"isMet"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// What a kubelet would be told.
type criFacts struct {
	criVersion
	Conditions []condition `json:"conditions"`
	// As it is told (containerd 2.0 on) or configured: "systemd", "cgroupfs", or empty.
	CgroupDriver string `json:"cgroupDriver"`
	// Empty when its configuration does not tell.
	SandboxImage    string     `json:"sandboxImage"`
	HasSandboxImage bool       `json:"hasSandboxImage"`
	Network         cniFacts   `json:"network"`
	config          *criConfig `json:"-"`
}

// The part that is read of the plugin's configuration (containerd, pkg/cri/config/config.go).
type criConfig struct {
	SandboxImage string `json:"sandboxImage"`
	RootDir      string `json:"rootDir"`
	StateDir     string `json:"stateDir"`
	CNI          struct {
		BinDir  string   `json:"binDir"`
		BinDirs []string `json:"binDirs"`
		ConfDir string   `json:"confDir"`
	} `json:"cni"`
	Containerd struct {
		DefaultRuntime string `json:"defaultRuntimeName"`
		Runtimes       map[string]struct {
			Options struct {
				SystemdCgroup bool
			} `json:"options"`
		} `json:"runtimes"`
	} `json:"containerd"`
}

func (c *criConfig) driver() string {
	used, isThere := c.Containerd.Runtimes[c.Containerd.DefaultRuntime]
	switch {
	case !isThere:
		return ""
	case used.Options.SystemdCgroup:
		return "systemd"
	default:
		return "cgroupfs"
	}
}

func askCRI(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	return runtime.cri(ctx)
}

func (r *runtime) cri(ctx context.Context) (criFacts, error) {
	client := cri.NewRuntimeServiceClient(r)
	said, err := r.versionOnceStarted(ctx)
	if err != nil {
		return criFacts{}, err
	}
	found := criFacts{
		criVersion: criVersion{said.GetRuntimeName(), said.GetRuntimeVersion(), said.GetRuntimeApiVersion()},
		Conditions: []condition{},
		config:     &criConfig{},
	}
	state, err := client.Status(ctx, &cri.StatusRequest{Verbose: true})
	if err != nil {
		return criFacts{}, fmt.Errorf("CRI status: %w", err)
	}
	for _, each := range state.GetStatus().GetConditions() {
		found.Conditions = append(found.Conditions, condition{each.GetType(), each.GetStatus(), each.GetReason(), each.GetMessage()})
	}
	if err := json.Unmarshal([]byte(state.GetInfo()["config"]), found.config); err != nil {
		return criFacts{}, fmt.Errorf("CRI status: its configuration is no JSON: %w", err)
	}
	if found.CgroupDriver, err = cgroupDriver(ctx, client, found.config); err != nil {
		return criFacts{}, err
	}
	found.Network = lookAtNetworks(found.config)
	found.SandboxImage = found.config.SandboxImage
	if found.SandboxImage != "" {
		found.HasSandboxImage, err = r.hasImage(ctx, found.SandboxImage)
	}
	return found, err
}

func cgroupDriver(ctx context.Context, client cri.RuntimeServiceClient, config *criConfig) (string, error) {
	answer, err := client.RuntimeConfig(ctx, &cri.RuntimeConfigRequest{})
	if status.Code(err) == codes.Unimplemented {
		return config.driver(), nil
	}
	if err != nil {
		return "", fmt.Errorf("CRI runtime configuration: %w", err)
	}
	if answer.GetLinux().GetCgroupDriver() == cri.CgroupDriver_SYSTEMD {
		return "systemd", nil
	}
	return "cgroupfs", nil
}

func (r *runtime) hasImage(ctx context.Context, ref string) (bool, error) {
	answer, err := cri.NewImageServiceClient(r).ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: ref}})
	if err != nil {
		return false, fmt.Errorf("CRI image %s: %w", ref, err)
	}
	return answer.GetImage() != nil, nil
}
