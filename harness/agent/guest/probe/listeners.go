package probe

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	maxListeners       = 1024
	maxListenersMs     = 60_000
	defaultListenersMs = 250
	socketTableBytes   = 8 << 20
	tcpListen          = "0A" // TCP_LISTEN, include/net/tcp_states.h
	udpBound           = "07" // TCP_CLOSE: what an unconnected UDP socket is in
)

type listenersInput struct {
	// ForMs is how long to watch, in the guest's own time; 0 looks once.
	ForMs int `json:"forMs"`
	// EveryMs is the time between two looks; default 250.
	EveryMs int `json:"everyMs"`
}

type listenersOutput struct {
	Samples int `json:"samples"`
	// FirstNs and LastNs are the moments of the first and last look, CLOCK_MONOTONIC.
	FirstNs int64 `json:"firstNs"`
	LastNs  int64 `json:"lastNs"`
	// LongestGapNs is the longest time between two looks: what was open for less may not have been seen.
	LongestGapNs int64      `json:"longestGapNs"`
	Listeners    []listener `json:"listeners"`
	Truncated    bool       `json:"truncated"`
}

// listener is a socket of the agent's network namespace to which anybody may send a first packet.
type listener struct {
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Port     int    `json:"port"`
	// Process that has the socket open, as in "systemd (1)"; "" when none was found.
	Process string `json:"process"`
	// FirstNs is when it was first seen, LastNs when last.
	FirstNs int64 `json:"firstNs"`
	LastNs  int64 `json:"lastNs"`
}

// procNet is where the kernel lists sockets; tests point it at a made-up directory.
type procNet string

func runListeners(ctx context.Context, input listenersInput) (listenersOutput, error) {
	if input.EveryMs == 0 {
		input.EveryMs = defaultListenersMs
	}
	if input.ForMs < 0 || input.ForMs > maxListenersMs || input.EveryMs < 10 || input.EveryMs > maxListenersMs {
		return listenersOutput{}, fmt.Errorf("forMs must be 0 to %d and everyMs 10 to %d, got %d and %d",
			maxListenersMs, maxListenersMs, input.ForMs, input.EveryMs)
	}
	watch := listenerWatch{table: "/proc/net", seen: map[string]*listener{}}
	end := monotonicNs() + int64(input.ForMs)*int64(time.Millisecond)
	for {
		if err := watch.look(monotonicNs()); err != nil {
			return listenersOutput{}, err
		}
		left := time.Duration(end - monotonicNs())
		if left <= 0 {
			return watch.result(), nil
		}
		select {
		case <-ctx.Done():
			return listenersOutput{}, ctx.Err()
		case <-time.After(min(left, time.Duration(input.EveryMs)*time.Millisecond)):
		}
	}
}

type listenerWatch struct {
	table  procNet
	seen   map[string]*listener
	output listenersOutput
}

func (w *listenerWatch) look(nowNs int64) error {
	sockets, err := w.table.sockets()
	if err != nil {
		return err
	}
	if w.output.Samples == 0 {
		w.output.FirstNs, w.output.LastNs = nowNs, nowNs
	}
	w.output.LongestGapNs = max(w.output.LongestGapNs, nowNs-w.output.LastNs)
	w.output.Samples++
	w.output.LastNs = nowNs
	for _, socket := range sockets {
		key := fmt.Sprintf("%s %s %d", socket.protocol, socket.address, socket.port)
		known := w.seen[key]
		if known == nil {
			if len(w.seen) >= maxListeners {
				w.output.Truncated = true
				continue
			}
			known = &listener{
				Protocol: socket.protocol, Address: socket.address, Port: socket.port, FirstNs: nowNs,
				Process: ownerOf(socket.inode),
			}
			w.seen[key] = known
		}
		known.LastNs = nowNs
	}
	return nil
}

func (w *listenerWatch) result() listenersOutput {
	w.output.Listeners = make([]listener, 0, len(w.seen))
	for _, known := range w.seen {
		w.output.Listeners = append(w.output.Listeners, *known)
	}
	sort.Slice(w.output.Listeners, func(i, j int) bool {
		a, b := w.output.Listeners[i], w.output.Listeners[j]
		return a.FirstNs < b.FirstNs || a.FirstNs == b.FirstNs && a.Port < b.Port
	})
	return w.output
}

type openSocket struct {
	protocol, address, inode string
	port                     int
}

// sockets lists those that wait for a first packet. A protocol that the kernel does not have has no table.
func (p procNet) sockets() ([]openSocket, error) {
	var found []openSocket
	tables := 0
	for _, protocol := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6"} {
		text, err := readBounded(filepath.Join(string(p), protocol), socketTableBytes)
		if err != nil {
			continue
		}
		tables++
		wanted := tcpListen
		if strings.HasPrefix(protocol, "udp") {
			wanted = udpBound
		}
		for _, row := range strings.Split(text, "\n")[1:] {
			if socket, isOne := parseSocketRow(protocol, row, wanted); isOne {
				found = append(found, socket)
			}
		}
	}
	if tables == 0 {
		return nil, fmt.Errorf("%s has no table of sockets", p)
	}
	return found, nil
}

// parseSocketRow reads "sl local_address rem_address st … inode": Documentation/networking/proc_net_tcp.rst.
func parseSocketRow(protocol, row, wantedState string) (openSocket, bool) {
	fields := strings.Fields(row)
	if len(fields) < 10 || fields[3] != wantedState {
		return openSocket{}, false
	}
	addressText, portText, _ := strings.Cut(fields[1], ":")
	port, err := strconv.ParseUint(portText, 16, 16)
	if err != nil || port == 0 {
		return openSocket{}, false
	}
	return openSocket{protocol: protocol, address: socketAddress(addressText), inode: fields[9], port: int(port)}, true
}

// socketAddress turns the kernel's words, each in the byte order of the machine (little on x86), into an address.
func socketAddress(text string) string {
	words, err := hex.DecodeString(text)
	if err != nil || len(words)%4 != 0 {
		return boundedText(text, 40)
	}
	for i := 0; i < len(words); i += 4 {
		words[i], words[i+1], words[i+2], words[i+3] = words[i+3], words[i+2], words[i+1], words[i]
	}
	address, ok := netip.AddrFromSlice(words)
	if !ok {
		return boundedText(text, 40)
	}
	return address.String()
}

// ownerOf finds a process that has the socket open. It is looked for once for each socket, as it reads all of /proc.
func ownerOf(inode string) string {
	wanted := "socket:[" + inode + "]"
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		descriptors, err := readDirectoryBounded(process+"/fd", 4096)
		if err != nil {
			continue
		}
		for _, descriptor := range descriptors {
			if target, err := os.Readlink(process + "/fd/" + descriptor.Name()); err == nil && target == wanted {
				name, _ := readBounded(process+"/comm", 64)
				return fmt.Sprintf("%s (%s)", boundedText(strings.TrimSpace(name), 64), filepath.Base(process))
			}
		}
	}
	return ""
}

func monotonicNs() int64 {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return now.Nano()
}
