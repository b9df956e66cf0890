package api

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"bootwright/host-containers/admin"
)

func TestServingEndsWithItsContext(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "api.sock"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, &admin.Admin{}) }()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it serves still, 10 s after its context ended")
	}
}
