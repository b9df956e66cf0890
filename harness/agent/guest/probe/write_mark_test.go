package probe

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAMarkIsOneBlockAtItsOffsetAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "disk")
	must(t, os.WriteFile(path, bytes.Repeat([]byte{0xaa}, 3*markBytes), 0o600))
	file, err := unix.Open(path, unix.O_WRONLY|unix.O_DIRECT|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.EINVAL) {
		t.Skip("no O_DIRECT on this file system")
	}
	must(t, err)
	defer unix.Close(file)
	must(t, writeBlock(file, markBytes, "OSMARK:0:ACK"))
	got, err := os.ReadFile(path)
	must(t, err)
	block := append([]byte("OSMARK:0:ACK"), make([]byte, markBytes-len("OSMARK:0:ACK"))...)
	around := bytes.Repeat([]byte{0xaa}, markBytes)
	if want := bytes.Join([][]byte{around, block, around}, nil); !bytes.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestADiskIsFoundByItsSerial(t *testing.T) {
	system := makeSysfs(t, map[string]string{
		"block/vda/serial": "data",
		"block/vdb/serial": "system",
		"block/loop0/ro":   "0",
	}, nil)
	got, err := system.nodeOfSerial("system")
	must(t, err)
	if got != "/dev/vdb" {
		t.Errorf("got %q", got)
	}
	if _, err := system.nodeOfSerial("other"); err == nil || !strings.Contains(err.Error(), `no disk has the serial "other"`) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoBlockDeviceGetsNoMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, nil, 0o600))
	got := runProbe[writeMarkOutput](t, "write-mark", `{"device":"`+path+`","offsetBytes":0,"text":"x"}`)
	if want := (writeMarkOutput{Device: path, Step: "open-direct", Errno: "ENOTBLK"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAMarkThatMakesNoSenseIsRefused(t *testing.T) {
	for _, input := range []string{
		`{}`,
		`{"device":"/dev/vda","serial":"system","text":"x"}`,
		`{"device":"vda","text":"x"}`,
		`{"serial":"system","offsetBytes":512,"text":"x"}`,
		`{"serial":"system","offsetBytes":-4096,"text":"x"}`,
		`{"serial":"system","text":""}`,
		`{"serial":"system","text":"` + strings.Repeat("x", markBytes) + `"}`,
	} {
		if _, err := Run(t.Context(), "write-mark", []byte(input)); err == nil {
			t.Errorf("%.60s was taken", input)
		}
	}
}
