// Package frame has the two encodings of a protocol frame; docs/protocol.md has their layout.
package frame

import "encoding/binary"

// Type is the low six bits of the type byte. Types below Request carry no sequence number.
type Type uint8

const (
	Ready    Type = 1
	Hello    Type = 2
	Welcome  Type = 3
	Ack      Type = 4
	Nak      Type = 5
	Request  Type = 16
	Response Type = 17
	Cancel   Type = 18
	Data     Type = 19
	Credit   Type = 20
	Event    Type = 21
)

// Frame is what travels in both framings.
type Frame struct {
	Session    uint32
	Seq        uint32
	Ack        uint32
	Type       Type
	IsFromHost bool
	HasMore    bool
	Payload    []byte
	// Piece is the memory around the payload, if that is in a piece.
	Piece *Piece
}

// Decoder turns bytes into frames; it never fails, whatever the bytes are.
type Decoder interface {
	Push(chunk []byte)
	// AbandonPartial gives up an unfinished frame.
	AbandonPartial()
	IsPartial() bool
}

// Events are the outcomes of decoding. Text is called by the line decoder only.
type Events struct {
	Frame   func(Frame)
	Text    func([]byte)
	Damaged func()
	Cut     func(count int)
}

const (
	headerBytes   = 24
	checkBytes    = 4
	fromHostBit   = 0x80
	hasMoreBit    = 0x40
	MaxBinaryData = 1 << 20
)

var (
	magic = []byte{'B', 'W', 'F', 1}
)

// IsSequenced tells whether frames of this type are numbered, acknowledged and sent again.
func (t Type) IsSequenced() bool { return t >= Request }

func (t Type) isKnown() bool { return t >= Ready && t <= Nak || t >= Request && t <= Event }

func (f Frame) typeByte() byte {
	b := byte(f.Type)
	if f.IsFromHost {
		b |= fromHostBit
	}
	if f.HasMore {
		b |= hasMoreBit
	}
	return b
}

func (f *Frame) setTypeByte(b byte) bool {
	f.Type = Type(b & 0x3f)
	f.IsFromHost = b&fromHostBit != 0
	f.HasMore = b&hasMoreBit != 0
	return f.Type.isKnown()
}

// appendHeader writes the header of the binary form. The check value covers that and the payload in both framings.
func (f Frame) appendHeader(to []byte) []byte {
	to = append(to, magic...)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(f.Payload)))
	to = binary.LittleEndian.AppendUint32(to, f.Session)
	to = binary.LittleEndian.AppendUint32(to, f.Seq)
	to = binary.LittleEndian.AppendUint32(to, f.Ack)
	return append(to, f.typeByte(), 0, 0, 0)
}
