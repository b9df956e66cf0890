package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWaitsForBoth(t *testing.T) {
	socket := listen(t, "\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	asked := 0
	kubelet := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			writer.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer kubelet.Close()
	if err := waitUntilHealthy(t.Context(), kubelet.URL, socket); err != nil {
		t.Fatal(err)
	}
	if asked != 3 {
		t.Fatalf("asked %d times", asked)
	}
}

func TestSaysWhatIsMissing(t *testing.T) {
	for name, expected := range map[string]struct{ answer, missing string }{
		"silent":     {"", "containerd: no answer on"},
		"other":      {"HTTP/1.1 400", "but not as a gRPC server"},
		"no kubelet": {"\x00\x00\x00\x04\x00\x00\x00\x00\x00", "kubelet: Get"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := waitUntilHealthy(ctx, "http://127.0.0.1:1/healthz", listen(t, expected.answer))
			if err == nil || !strings.Contains(err.Error(), expected.missing) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// Answers each connection with the same bytes, once it has been greeted.
func listen(t *testing.T, answer string) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(connection, make([]byte, len(clientPreface)))
			_, _ = io.WriteString(connection, answer)
			_ = connection.Close()
		}
	}()
	return socket
}
