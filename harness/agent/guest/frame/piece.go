package frame

import (
	"encoding/binary"
	"io"
	"sync"
)

// pieceBytes is a whole number of the 32 KiB that the kernel takes from one write() (drivers/char/virtio_console.c,
// port_fops_write): each further write is one more exit to the emulator.
const pieceBytes = 256 << 10

// Piece is memory for one binary frame of bulk data, with room around the payload.
type Piece struct{ whole [pieceBytes]byte }

// MaxPiecePayload is the length of a piece's payload.
const MaxPiecePayload = pieceBytes - headerBytes - checkBytes

// spare has pieces to be filled again: fresh memory has to be cleared first and collected afterwards.
var spare = sync.Pool{New: func() any { return new(Piece) }}

// NewPiece gives a piece; its content is whatever it was.
func NewPiece() *Piece { return spare.Get().(*Piece) }

// Free gives the piece back, to be used again.
func (p *Piece) Free() { spare.Put(p) }

// Payload is the whole room for a payload.
func (p *Piece) Payload() []byte { return p.whole[headerBytes : headerBytes+MaxPiecePayload] }

// write sends f, whose payload is the begin of the piece's.
func (p *Piece) write(to io.Writer, f Frame) (int, error) {
	end := headerBytes + len(f.Payload)
	f.appendHeader(p.whole[:0])
	binary.LittleEndian.PutUint32(p.whole[end:], checkOf(p.whole[:end]))
	return to.Write(p.whole[:end+checkBytes])
}
