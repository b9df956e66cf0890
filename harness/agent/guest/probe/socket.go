package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	defaultSocketTimeoutMs = 5_000
	maxSocketTimeoutMs     = 600_000
)

type socketInput struct {
	Path string `json:"path"`
	// TimeoutMs bounds connection and answer together; default 5000.
	TimeoutMs int `json:"timeoutMs"`
}

type socketOutput struct {
	Path      string `json:"path"`
	Connected bool   `json:"connected"`
	// HTTP2: the peer answered the client preface with a SETTINGS frame, as every gRPC server does.
	HTTP2  bool   `json:"http2"`
	Errno  string `json:"errno"`
	Step   string `json:"step"`
	Detail string `json:"detail,omitempty"`
}

// clientPreface is RFC 9113 section 3.4: the magic text, then an empty SETTINGS frame.
const clientPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

const settingsFrameType = 0x04

func runSocket(ctx context.Context, input socketInput) (socketOutput, error) {
	if err := checkAbsolute("path", input.Path); err != nil {
		return socketOutput{}, err
	}
	if input.TimeoutMs == 0 {
		input.TimeoutMs = defaultSocketTimeoutMs
	}
	if input.TimeoutMs < 1 || input.TimeoutMs > maxSocketTimeoutMs {
		return socketOutput{}, fmt.Errorf("timeoutMs must be 1 to %d, got %d", maxSocketTimeoutMs, input.TimeoutMs)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(input.TimeoutMs)*time.Millisecond)
	defer cancel()

	output := socketOutput{Path: boundedPath(input.Path), Step: "connect"}
	connection, err := (&net.Dialer{}).DialContext(ctx, "unix", input.Path)
	if err != nil {
		output.Errno = socketErrno(err)
		return output, nil
	}
	defer connection.Close()
	// Cancellation must also end a blocked read; a deadline in the past does that.
	stop := context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	output.Connected = true
	askForSettings(connection, &output)
	return output, nil
}

func askForSettings(connection net.Conn, output *socketOutput) {
	output.Step = "send-preface"
	if _, err := io.WriteString(connection, clientPreface); err != nil {
		output.Errno = socketErrno(err)
		return
	}
	output.Step = "read-settings"
	var header [9]byte
	if n, err := io.ReadFull(connection, header[:]); err != nil {
		output.Errno = socketErrno(err)
		output.Detail = fmt.Sprintf("the peer sent %d of the 9 bytes of a frame header", n)
		return
	}
	// RFC 9113 section 3.4: the server preface is a SETTINGS frame on stream 0, not an acknowledgement.
	isSettings := header[3] == settingsFrameType && header[4]&1 == 0 && header[5]|header[6]|header[7]|header[8] == 0
	if !isSettings {
		output.Detail = fmt.Sprintf("the peer's first 9 bytes are no SETTINGS frame: % x", header)
		return
	}
	output.HTTP2, output.Step = true, "done"
}

func socketErrno(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return unix.ErrnoName(unix.ETIMEDOUT)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ""
	}
	return errnoName(err)
}
