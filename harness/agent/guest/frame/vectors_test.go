package frame

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

type vector struct {
	Name     string
	Framing  string
	BytesHex string
	Frames   []vectorFrame
	TextHex  string
	Damaged  int
	Cuts     int
}

type vectorFrame struct {
	Session, Seq, Ack   uint32
	Type                Type
	IsFromHost, HasMore bool
	PayloadHex          string
}

// The same file is read by harness/protocol/codec.test.ts.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../protocol/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Framing+"/"+v.Name, func(t *testing.T) {
			raw, err := hex.DecodeString(v.BytesHex)
			if err != nil {
				t.Fatal(err)
			}
			for _, chunk := range []int{len(raw), 1, 7} {
				got := decode(v.Framing, raw, chunk)
				got.Name, got.BytesHex = v.Name, v.BytesHex
				want, have := toJSON(v), toJSON(got)
				if want != have {
					t.Errorf("chunks of %d:\nwant %s\nhave %s", chunk, want, have)
				}
			}
		})
	}
}

func toJSON(v vector) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func newDecoder(framing string, events Events) Decoder {
	if framing == "line" {
		return NewLineDecoder(events)
	}
	return NewBinaryDecoder(events)
}

func decode(framing string, raw []byte, chunk int) vector {
	v := vector{Framing: framing, Frames: []vectorFrame{}}
	var text []byte
	decoder := newDecoder(framing, Events{
		Frame: func(f Frame) {
			v.Frames = append(v.Frames, vectorFrame{f.Session, f.Seq, f.Ack, f.Type, f.IsFromHost, f.HasMore, hex.EncodeToString(f.Payload)})
		},
		Text:    func(b []byte) { text = append(text, b...) },
		Damaged: func() { v.Damaged++ },
		Cut:     func(n int) { v.Cuts += n },
	})
	for len(raw) > 0 {
		n := min(chunk, len(raw))
		decoder.Push(raw[:n])
		raw = raw[n:]
	}
	decoder.AbandonPartial()
	v.TextHex = hex.EncodeToString(text)
	return v
}

// A decoder may take anything, but believes only what an encoder would write.
func FuzzBinaryDecoder(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		decoder := NewBinaryDecoder(Events{
			Frame: func(frame Frame) {
				var again bytes.Buffer
				_, _ = WriteBinary(&again, []Frame{frame})
				if !bytes.Contains(raw, again.Bytes()) {
					t.Errorf("frame %+v is not in the input", frame)
				}
			},
			Damaged: func() {},
		})
		decoder.Push(raw)
		decoder.AbandonPartial()
	})
}

func FuzzLineDecoder(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept := 0
		decoder := NewLineDecoder(Events{
			Frame: func(frame Frame) {
				var again bytes.Buffer
				_, _ = WriteLines(&again, []Frame{frame})
				kept += again.Len()
			},
			Text:    func(b []byte) { kept += len(b) },
			Damaged: func() {},
			Cut:     func(int) {},
		})
		decoder.Push(raw)
		decoder.AbandonPartial()
		// A CR before the LF, or hex digits in capitals, are the only freedom of the form.
		if kept > len(raw) || kept < len(raw)-bytes.Count(raw, []byte{'\r'}) {
			t.Errorf("%d of %d bytes came out", kept, len(raw))
		}
	})
}

func seed(f *testing.F) {
	text, err := os.ReadFile("../../../protocol/testdata/vectors.json")
	if err != nil {
		f.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		f.Fatal(err)
	}
	for _, v := range vectors {
		raw, _ := hex.DecodeString(v.BytesHex)
		f.Add(raw)
	}
}
