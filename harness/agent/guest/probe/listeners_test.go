package probe

import (
	"net"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestListenersSeesASocketThatIsOpenedWhileItWatches(t *testing.T) {
	opened := make(chan int, 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			opened <- 0
			return
		}
		t.Cleanup(func() { _ = tcp.Close() })
		opened <- tcp.Addr().(*net.TCPAddr).Port
	}()
	got := runProbe[listenersOutput](t, "listeners", `{"forMs":400,"everyMs":20}`)
	port := <-opened
	if got.Samples < 5 || got.LastNs-got.FirstNs < int64(300*time.Millisecond) {
		t.Errorf("%d samples in %d ns", got.Samples, got.LastNs-got.FirstNs)
	}
	for _, seen := range got.Listeners {
		if seen.Port == port {
			if seen.Protocol != "tcp" || seen.Address != "127.0.0.1" || seen.Process == "" || seen.FirstNs <= got.FirstNs {
				t.Errorf("%+v", seen)
			}
			return
		}
	}
	t.Errorf("port %d is not among %+v", port, got.Listeners)
}

func TestTheLongestGapIsToldAndNotTheMean(t *testing.T) {
	watch := listenerWatch{table: "/proc/net", seen: map[string]*listener{}}
	for _, nowNs := range []int64{1000, 1010, 1020, 1090, 1100} {
		if err := watch.look(nowNs); err != nil {
			t.Fatal(err)
		}
	}
	got := watch.result()
	if got.Samples != 5 || got.FirstNs != 1000 || got.LastNs != 1100 || got.LongestGapNs != 70 {
		t.Errorf("%d samples from %d to %d, longest gap %d", got.Samples, got.FirstNs, got.LastNs, got.LongestGapNs)
	}
}

func TestOnlySocketsThatWaitForAFirstPacketAreListed(t *testing.T) {
	table := t.TempDir()
	for name, text := range map[string]string{
		"tcp": "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
			"   0: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0\n" +
			"   1: 0F02000A:0016 0202000A:9C40 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0\n",
		"tcp6": "  sl  header\n" +
			"   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 13\n" +
			"   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 14\n",
		"udp": "  sl  header\n" +
			"   0: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 15 2 0 0\n" +
			"   1: 0100007F:D431 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 16 2 0 0\n",
		"udp6": "nonsense\nshort row\n",
	} {
		if err := os.WriteFile(filepath.Join(table, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := procNet(table).sockets()
	want := []openSocket{
		{"tcp", "127.0.0.1", "11", 53},
		{"tcp6", "::", "13", 22},
		{"tcp6", "::ffff:127.0.0.1", "14", 8080},
		{"udp", "0.0.0.0", "15", 68},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v, %v\nwant %+v", got, err, want)
	}
	if _, err := procNet(t.TempDir()).sockets(); err == nil {
		t.Error("no table at all must be an error: it is no proof that nothing listens")
	}
}
