package main

import (
	"context"
	"fmt"
	"path/filepath"

	introspection "github.com/containerd/containerd/api/services/introspection/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// A connection to containerd, and the context in which requests are about one of its namespaces.
type runtime struct {
	*grpc.ClientConn
	context context.Context
	socket  string
}

const maxAnswerBytes = 16 << 20

func connect(ctx context.Context, socket, namespace string) (*runtime, error) {
	if !filepath.IsAbs(socket) {
		return nil, fmt.Errorf("%q is no absolute path of a socket", socket)
	}
	connection, err := grpc.NewClient(
		"unix://"+socket,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
	)
	if err != nil {
		return nil, fmt.Errorf("containerd at %s: %w", socket, err)
	}
	return &runtime{connection, metadata.AppendToOutgoingContext(ctx, "containerd-namespace", namespace), socket}, nil
}

func (r *runtime) close() { _ = r.Close() }

// Where the files of the content store are.
func (r *runtime) contentRoot(ctx context.Context) (string, error) {
	answer, err := introspection.NewIntrospectionClient(r).Plugins(ctx, &introspection.PluginsRequest{
		Filters: []string{"type==io.containerd.content.v1"},
	})
	if err != nil {
		return "", fmt.Errorf("plugins: %w", err)
	}
	for _, plugin := range answer.GetPlugins() {
		if root := plugin.GetExports()["root"]; filepath.IsAbs(root) {
			return filepath.Clean(root), nil
		}
	}
	return "", fmt.Errorf("containerd does not say where its content store is")
}
