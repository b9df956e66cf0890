package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

type tcpAcceptInput struct {
	Port int `json:"port"`
	// TimeoutMs bounds the wait for one connection; default 10000.
	TimeoutMs int `json:"timeoutMs"`
}

type tcpAcceptOutput struct {
	Accepted bool `json:"accepted"`
	// From is the address of the other side.
	From  string `json:"from"`
	Errno string `json:"errno"`
	Step  string `json:"step"`
}

// runTCPAccept opens a port for one connection: the proof that a connection from outside would have come through.
func runTCPAccept(ctx context.Context, input tcpAcceptInput) (tcpAcceptOutput, error) {
	if input.Port < 1 || input.Port > 65535 {
		return tcpAcceptOutput{}, fmt.Errorf("port must be 1 to 65535, got %d", input.Port)
	}
	if input.TimeoutMs == 0 {
		input.TimeoutMs = 10_000
	}
	if input.TimeoutMs < 1 || input.TimeoutMs > maxSocketTimeoutMs {
		return tcpAcceptOutput{}, fmt.Errorf("timeoutMs must be 1 to %d, got %d", maxSocketTimeoutMs, input.TimeoutMs)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", ":"+strconv.Itoa(input.Port))
	if err != nil {
		return tcpAcceptOutput{Step: "listen", Errno: errnoName(err)}, nil
	}
	defer listener.Close()
	_ = listener.(*net.TCPListener).SetDeadline(time.Now().Add(time.Duration(input.TimeoutMs) * time.Millisecond))
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	connection, err := listener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return tcpAcceptOutput{Step: "accept", Errno: unix.ErrnoName(unix.ETIMEDOUT)}, nil
	}
	if err != nil {
		return tcpAcceptOutput{Step: "accept", Errno: errnoName(err)}, nil
	}
	defer connection.Close()
	return tcpAcceptOutput{Accepted: true, From: boundedText(connection.RemoteAddr().String(), 64), Step: "done"}, nil
}
