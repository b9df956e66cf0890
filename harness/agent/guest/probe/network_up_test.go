package probe

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestACardThatNeverComesIsReportedAndNoError(t *testing.T) {
	got := runProbe[networkUpOutput](t, "network-up", `{"mac":"52:54:00:00:00:01","address":"10.0.2.15/24","timeoutMs":50}`)
	if got.Step != "wait-for-card" || got.Errno != "ETIMEDOUT" || got.Made {
		t.Errorf("%+v", got)
	}
}

func TestAWaitForACardThatIsCancelledIsNoTimeOut(t *testing.T) {
	result, err := Run(cancelledSoon(t), "network-up", []byte(`{"mac":"52:54:00:00:00:01","address":"10.0.2.15/24"}`))
	must(t, err)
	expectEqual(t, "answer", result.(networkUpOutput).Errno, context.Canceled.Error())
	expectEqual(t, "step", result.(networkUpOutput).Step, "cancelled")
}

func TestACardKeepsTheFlagsThatItHas(t *testing.T) {
	// Never unlocked: the thread ends with the goroutine, and its network with it.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skip("no network namespace here: ", err)
	}
	card := func() *net.Interface {
		t.Helper()
		found, err := net.InterfaceByName("lo")
		must(t, err)
		return found
	}
	expectEqual(t, "flags before", card().Flags&(net.FlagUp|net.FlagMulticast), 0)
	setFlags(t, "lo", unix.IFF_MULTICAST)
	step, err := setAddress("lo", netip.MustParsePrefix("10.0.2.15/24"))
	if err != nil {
		t.Fatal(step, err)
	}
	expectEqual(t, "flags", card().Flags&(net.FlagUp|net.FlagMulticast), net.FlagUp|net.FlagMulticast)
	if addresses := ipv4Of(card()); !slices.Contains(addresses, "10.0.2.15/24") {
		t.Errorf("addresses: %v", addresses)
	}
}

func setFlags(t *testing.T, name string, flags uint16) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(socket)
	request, err := unix.NewIfreq(name)
	must(t, err)
	request.SetUint16(flags)
	must(t, ifreqIoctl(socket, unix.SIOCSIFFLAGS, request))
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
	result, err := Run(cancelledSoon(t), "tcp-accept", []byte(`{"port":`+strconv.Itoa(port)+`}`))
	must(t, err)
	got = result.(tcpAcceptOutput)
	if got.Accepted || got.Step != "accept" || !strings.Contains(got.Errno, "use of closed network connection") {
		t.Errorf("cancelled: %+v", got)
	}
}

func cancelledSoon(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	return ctx
}
