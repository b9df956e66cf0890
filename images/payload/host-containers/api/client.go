package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// SocketPath is where systemd listens for us.
const SocketPath = "/run/host-containers/api.sock"

// Call makes one request and prints the answer's body.
func Call(ctx context.Context, method, path, body string, to io.Writer) error {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", SocketPath)
	}}
	request, err := http.NewRequestWithContext(ctx, method, "http://host-containers"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := io.Copy(&text, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status + ": " + strings.TrimSpace(text.String()))
	}
	_, err = to.Write(text.Bytes())
	return err
}
