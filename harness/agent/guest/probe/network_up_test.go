package probe

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestACardThatNeverComesIsReportedAndNoError(t *testing.T) {
	got := runProbe[networkUpOutput](t, "network-up", `{"mac":"52:54:00:00:00:01","address":"10.0.2.15/24","timeoutMs":50}`)
	if got.Step != "wait-for-card" || got.Errno != "ETIMEDOUT" || got.Made {
		t.Errorf("%+v", got)
	}
}

func TestAnAddressMustBeOneOfIPv4WithItsPrefix(t *testing.T) {
	for _, address := range []string{"10.0.2.15", "fec0::1/64", ""} {
		input := `{"mac":"52:54:00:00:00:01","address":"` + address + `"}`
		_, err := Run(t.Context(), "network-up", []byte(input))
		if err == nil || !strings.Contains(err.Error(), "IPv4 address with its prefix length") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestOneConnectionIsAccepted(t *testing.T) {
	probe, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := probe.Addr().(*net.TCPAddr).Port
	probe.Close()
	go func() {
		for t.Context().Err() == nil {
			connection, err := net.DialTimeout("tcp4", "127.0.0.1:"+strconv.Itoa(port), time.Second)
			if err == nil {
				connection.Close()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	got := runProbe[tcpAcceptOutput](t, "tcp-accept", `{"port":`+strconv.Itoa(port)+`}`)
	if !got.Accepted || !strings.HasPrefix(got.From, "127.0.0.1:") {
		t.Errorf("%+v", got)
	}
	got = runProbe[tcpAcceptOutput](t, "tcp-accept", `{"port":`+strconv.Itoa(port)+`,"timeoutMs":50}`)
	if got.Accepted || got.Errno != "ETIMEDOUT" {
		t.Errorf("%+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := Run(ctx, "tcp-accept", []byte(`{"port":`+strconv.Itoa(port)+`}`)); err != nil {
		t.Errorf("cancelled: %v", err)
	}
}
