package pid1

import (
	"bytes"
	"os"
	"strings"

	"bootwright/agent/frame"
	"bootwright/agent/transport"
)

// Hello is what a host looks for on the console to know that this kernel and this agent ran.
const Hello = "BOOTWRIGHT-PROBE-OK\n"

// Behave does what bootwright.probe= asks for, most of it for the tests of the harness itself. It returns when the
// agent is to serve its port as usual.
func Behave(how string, port string, isLine bool) {
	switch how {
	case "hang":
		select {}
	case "flood":
		line := strings.Repeat("flood ", 32) + "\n"
		for {
			Say(line)
		}
	case "escape":
		Say(Hello + "\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m\x9b1m\u202etxet\n")
	case "poweroff":
		Say(Hello)
		PowerOff()
	case "panic":
		Say(Hello)
		_ = os.WriteFile("/proc/sysrq-trigger", []byte("c"), 0)
		select {}
	case "halfframe":
		Say(Hello)
		whole := encode(frame.Frame{Session: 1, Type: frame.Ready, Payload: []byte(strings.Repeat("half", 50))}, isLine)
		write(port, isLine, whole[:len(whole)/2])
		select {} // with the port still open
	case "foreign":
		Say(Hello)
		if source := write(port, isLine, foreignFrames(isLine)); source != nil {
			_ = source.Close()
		}
	default:
		Say(Hello)
	}
}

// foreignFrames are a good announcement and then answers of another session, which nobody may believe.
func foreignFrames(isLine bool) []byte {
	frames := encode(frame.Frame{Session: 0x1111, Type: frame.Ready, Payload: []byte(`{"bootId":"foreign","agentVersion":"foreign","pid":1}`)}, isLine)
	for seq := range uint32(5) {
		answer := frame.Frame{Session: 0x2222, Seq: seq + 1, Type: frame.Response, Payload: []byte(`{"id":1,"result":{}}`)}
		frames = append(frames, encode(answer, isLine)...)
	}
	return frames
}

func encode(f frame.Frame, isLine bool) []byte {
	var to bytes.Buffer
	if isLine {
		_, _ = frame.WriteLines(&to, []frame.Frame{f})
	} else {
		_, _ = frame.WriteBinary(&to, []frame.Frame{f})
	}
	return to.Bytes()
}

func write(path string, isLine bool, content []byte) transport.Source {
	source, err := transport.Open(path, isLine)
	if err != nil {
		Say("bootwright: " + err.Error() + "\n")
		return nil
	}
	if stream, err := source.Next(); err == nil {
		_, _ = stream.Write(content)
		_ = stream.Close()
	}
	return source
}
