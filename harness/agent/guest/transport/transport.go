// Package transport opens the byte streams that the agent can serve.
package transport

import (
	"errors"
	"io"
)

// ErrHostAway ends a stream whose host has disconnected.
var ErrHostAway = errors.New("the host has disconnected")

// Source gives one stream after another; a second one only when the first has been closed and is no longer used.
type Source interface {
	// Next waits for a host.
	Next() (io.ReadWriteCloser, error)
	Close() error
}

// Open opens a UART or a virtio port.
func Open(path string, isTTY bool) (Source, error) {
	if isTTY {
		return OpenTTY(path)
	}
	return OpenPort(path)
}
