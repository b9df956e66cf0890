package main

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// What the runtime says of itself to a kubelet.
type criVersion struct {
	Runtime    string `json:"runtime"`
	Version    string `json:"version"`
	APIVersion string `json:"apiVersion"`
}

func askVersion(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	said, err := runtime.versionOnceStarted(ctx)
	if err != nil {
		return nil, err
	}
	return criVersion{said.GetRuntimeName(), said.GetRuntimeVersion(), said.GetRuntimeApiVersion()}, nil
}

// versionOnceStarted asks again while containerd answers that the CRI plugin is about to start: its socket is open before that.
func (r *runtime) versionOnceStarted(ctx context.Context) (*cri.VersionResponse, error) {
	for {
		said, err := cri.NewRuntimeServiceClient(r).Version(ctx, &cri.VersionRequest{})
		if err == nil {
			return said, nil
		}
		if isStarting := strings.Contains(status.Convert(err).Message(), "not initialized yet"); !isStarting || pause(ctx) != nil {
			return nil, fmt.Errorf("CRI version: %w", err)
		}
	}
}
