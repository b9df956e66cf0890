package frame

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"io"
	"strconv"
)

// MaxLineData bounds a payload so that a frame is about two kilobytes on the line.
const MaxLineData = 1536

const (
	mark             = "{bw:"
	maxBodyBytes     = len(mark) + 26 + 1 + MaxLineData/3*4 + 1 + 8
	maxIntruderBytes = 4096
	maxHeldBytes     = 131072
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (f Frame) crc() uint32 {
	header := f.appendHeader(make([]byte, 0, headerBytes))
	return crc32.Update(crc32.Checksum(header, castagnoli), castagnoli, f.Payload)
}

// WriteLines writes frames for a shared UART with one write(): then only lines of the kernel can land inside a frame.
// Several at once, because the kernel tells of room in its buffer after each of the last sixteen interrupts of a write(),
// which wakes the agent each time.
func WriteLines(to io.Writer, frames []Frame) (int, error) {
	lines := make([]byte, 0, len(frames)*(maxBodyBytes+2))
	for _, f := range frames {
		lines = append(lines, mark...)
		for _, word := range []uint32{f.Session, f.Seq, f.Ack} {
			lines = appendHex(lines, word)
		}
		lines = hex.AppendEncode(lines, []byte{f.typeByte()})
		lines = append(lines, ':')
		lines = base64.StdEncoding.AppendEncode(lines, f.Payload)
		lines = appendHex(append(lines, ':'), f.crc())
		lines = append(lines, "}\n"...)
	}
	return to.Write(lines)
}

func appendHex(to []byte, word uint32) []byte {
	return hex.AppendEncode(to, binary.BigEndian.AppendUint32(nil, word))
}

// LineDecoder divides a shared console into frames and text. No character of a frame is '[', space, CR or LF, and a
// line of the kernel begins with '[': one that lands inside a frame is cut out and handed on as text.
type LineDecoder struct {
	events     Events
	held       []byte
	body       []byte
	isEnded    bool
	isIntruder bool
	intruders  []byte
	intruded   int
	cuts       int
}

func NewLineDecoder(events Events) *LineDecoder {
	return &LineDecoder{
		events: events,
		held:   make([]byte, 0, maxHeldBytes),
		body:   make([]byte, 0, maxBodyBytes),
	}
}

func (d *LineDecoder) IsPartial() bool { return len(d.held) > 0 }

func (d *LineDecoder) AbandonPartial() {
	if d.IsPartial() {
		d.reject(len(d.held))
	}
}

func (d *LineDecoder) Push(chunk []byte) {
	textStart := 0
	for i, b := range chunk {
		if d.IsPartial() {
			d.step(b)
			textStart = i + 1
		} else if b == '{' {
			if i > textStart {
				d.events.Text(chunk[textStart:i])
			}
			d.begin()
			textStart = i + 1
		}
	}
	if textStart < len(chunk) {
		d.events.Text(chunk[textStart:])
	}
}

func (d *LineDecoder) begin() {
	d.held = append(d.held[:0], '{')
	d.body = append(d.body[:0], '{')
	d.isEnded, d.isIntruder = false, false
	d.intruders = d.intruders[:0]
	d.cuts = 0
}

func (d *LineDecoder) step(b byte) {
	d.held = append(d.held, b)
	switch {
	case d.isIntruder:
		d.intruders = append(d.intruders, b)
		d.intruded++
		d.isIntruder = b != '\n'
		if d.isIntruder && d.intruded > maxIntruderBytes {
			d.reject(len(d.held))
		}
	case b == '[':
		d.isIntruder, d.intruded = true, 1
		d.intruders = append(d.intruders, b)
		d.cuts++
	default:
		d.extend(b)
	}
	if len(d.held) == maxHeldBytes {
		d.reject(len(d.held))
	}
}

func (d *LineDecoder) extend(b byte) {
	switch {
	case d.isEnded && b == '\n':
		d.finish()
	case d.isEnded && b == '\r':
	case !d.isEnded && b == '}' && len(d.body) >= len(mark):
		d.isEnded = true
	case !d.isEnded && d.canExtend(b):
		d.body = append(d.body, b)
	case b == '{':
		d.reject(len(d.held) - 1)
		d.begin()
	default:
		d.reject(len(d.held))
	}
}

func (d *LineDecoder) canExtend(b byte) bool {
	if n := len(d.body); n < len(mark) {
		return b == mark[n]
	}
	return len(d.body) < maxBodyBytes && isFrameCharacter(b)
}

func isFrameCharacter(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '/' && b <= ':' || b == '+' || b == '='
}

func (d *LineDecoder) finish() {
	f, ok := parseBody(d.body[len(mark):])
	if !ok {
		d.reject(len(d.held))
		return
	}
	d.held = d.held[:0]
	if d.cuts > 0 {
		d.events.Cut(d.cuts)
		d.events.Text(d.intruders)
	}
	d.events.Frame(f)
}

// reject hands on what is no frame as text: nothing is lost.
func (d *LineDecoder) reject(n int) {
	text := append([]byte(nil), d.held[:n]...)
	d.held = d.held[:0]
	d.events.Text(text)
	if len(d.body) >= len(mark) {
		d.events.Damaged()
	}
}

func parseBody(body []byte) (Frame, bool) {
	const head, tail = 27, 9
	if len(body) < head+tail || body[head-1] != ':' || body[len(body)-tail] != ':' {
		return Frame{}, false
	}
	fields, err := hex.DecodeString(string(body[:head-1]))
	if err != nil {
		return Frame{}, false
	}
	crc, err := strconv.ParseUint(string(body[len(body)-tail+1:]), 16, 32)
	if err != nil {
		return Frame{}, false
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(string(body[head : len(body)-tail]))
	if err != nil {
		return Frame{}, false
	}
	f := Frame{Session: be32(fields), Seq: be32(fields[4:]), Ack: be32(fields[8:]), Payload: payload}
	return f, f.setTypeByte(fields[12]) && uint32(crc) == f.crc()
}

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
