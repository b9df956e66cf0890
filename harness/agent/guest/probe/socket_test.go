package probe

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
)

// serveOnce answers one connection, after reading the client preface.
func serveOnce(t *testing.T, answer string) string {
	t.Helper()
	path := t.TempDir() + "/socket"
	listener, err := net.Listen("unix", path)
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		_, _ = io.ReadFull(connection, make([]byte, len(clientPreface)))
		_, _ = io.WriteString(connection, answer)
		if answer == "" {
			_, _ = io.ReadAll(connection) // say nothing until the probe gives up
		}
	}()
	return path
}

func TestSocketTellsAnHTTP2ServerFromOthers(t *testing.T) {
	notASocket := t.TempDir() + "/file"
	must(t, os.WriteFile(notASocket, nil, 0o600))
	settings := serveOnce(t, "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64")
	http1 := serveOnce(t, "HTTP/1.1 400 Bad Request\r\n\r\n")
	short := serveOnce(t, "\x00")
	silent := serveOnce(t, "")
	for _, want := range []socketOutput{
		{Path: settings, Connected: true, HTTP2: true, Step: "done"},
		{
			Path: http1, Connected: true, Step: "read-settings",
			Detail: "the peer's first 9 bytes are no SETTINGS frame: 48 54 54 50 2f 31 2e 31 20",
		},
		{Path: short, Connected: true, Step: "read-settings", Detail: "the peer sent 1 of the 9 bytes of a frame header"},
		{
			Path: silent, Connected: true, Step: "read-settings", Errno: "ETIMEDOUT",
			Detail: "the peer sent 0 of the 9 bytes of a frame header",
		},
		{Path: "/no/such/socket", Step: "connect", Errno: "ENOENT"},
		{Path: notASocket, Step: "connect", Errno: "ECONNREFUSED"},
	} {
		got := runProbe[socketOutput](t, "socket", fmt.Sprintf(`{"path":%q,"timeoutMs":200}`, want.Path))
		expectEqual(t, want.Path, got, want)
	}
}
