package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

func kubeletIsHealthy(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("kubelet: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("kubelet: %s says %s", url, response.Status)
	}
	return nil
}

// An HTTP/2 client begins with these 24 bytes and a SETTINGS frame, here an empty one (RFC 9113, section 3.4).
const clientPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

const (
	frameHeaderBytes = 9
	settingsFrame    = 4
)

// The socket is systemd's or containerd's and takes a connection at any time; that its gRPC server sends its settings shows
// that it runs. No client library is worth its megabytes for that.
func containerdAnswers(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(checkTimeout)); err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	if _, err := io.WriteString(connection, clientPreface); err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	header := make([]byte, frameHeaderBytes)
	if _, err := io.ReadFull(connection, header); err != nil {
		return fmt.Errorf("containerd: no answer on %s: %w", socket, err)
	}
	if header[3] != settingsFrame {
		return fmt.Errorf("containerd: %s answers, but not as a gRPC server", socket)
	}
	return nil
}
