// Package link keeps one session over a byte stream: handshake, order, acks, resends and the send window.
package link

import (
	"io"
	"time"

	"bootwright/agent/frame"
)

// Traits are what the two framings differ in. The host has the same table in harness/protocol/framing.ts.
type Traits struct {
	MaxPayload   int
	Window       int
	StreamWindow int
	AckEvery     int
	IsLossy      bool
	PartialAfter time.Duration
	// Write takes at most Batch frames at a time.
	Write      func(to io.Writer, frames []frame.Frame) (int, error)
	Batch      int
	NewDecoder func(frame.Events) frame.Decoder
}

// Binary is for a private virtio-serial port.
var Binary = Traits{
	MaxPayload:   frame.MaxBinaryData,
	Window:       4 << 20,
	StreamWindow: 4 << 20,
	AckEvery:     1 << 20,
	PartialAfter: 2 * time.Second,
	Write:        frame.WriteBinary,
	Batch:        1,
	NewDecoder:   func(e frame.Events) frame.Decoder { return frame.NewBinaryDecoder(e) },
}

// Line is for a UART that the kernel writes to as well.
var Line = Traits{
	MaxPayload:   frame.MaxLineData,
	Window:       24 << 10,
	StreamWindow: 48 << 10,
	AckEvery:     12 << 10,
	IsLossy:      true,
	PartialAfter: 5 * time.Second,
	Write:        frame.WriteLines,
	Batch:        16,
	NewDecoder:   func(e frame.Events) frame.Decoder { return frame.NewLineDecoder(e) },
}

// Counters are reported to the host on request.
type Counters struct {
	FramesSent     uint64 `json:"framesSent"`
	FramesReceived uint64 `json:"framesReceived"`
	BytesSent      uint64 `json:"bytesSent"`
	BytesReceived  uint64 `json:"bytesReceived"`
	Damaged        uint64 `json:"damaged"`
	Resent         uint64 `json:"resent"`
	Duplicates     uint64 `json:"duplicates"`
	ForeignSession uint64 `json:"foreignSession"`
	ConsoleCuts    uint64 `json:"consoleCuts"`
}

const (
	firstResend  = 3 * time.Second
	maxResend    = 12 * time.Second
	ackDelay     = 100 * time.Millisecond
	nakAgain     = 300 * time.Millisecond
	readyEvery   = time.Second
	maxMessage   = 1 << 20
	maxFragments = 4096
)
