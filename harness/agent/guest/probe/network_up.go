package probe

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const maxNetworkUpMs = 600_000

type networkUpInput struct {
	// MAC names the network card.
	MAC string `json:"mac"`
	// Address with its prefix length, as in 10.0.2.15/24; given only when the guest has not given it one of its own.
	Address string `json:"address"`
	// TimeoutMs bounds the wait for the card's driver; default 10000.
	TimeoutMs int `json:"timeoutMs"`
}

type networkUpOutput struct {
	Interface string   `json:"interface"`
	Addresses []string `json:"addresses"`
	// Made says that the address is the harness' doing, and not the guest's.
	Made  bool   `json:"made"`
	Errno string `json:"errno"`
	Step  string `json:"step"`
}

// runNetworkUp gives a network card an address, so that packets from outside get as far as a socket.
func runNetworkUp(ctx context.Context, input networkUpInput) (networkUpOutput, error) {
	prefix, err := netip.ParsePrefix(input.Address)
	if err != nil || !prefix.Addr().Is4() {
		return networkUpOutput{}, fmt.Errorf("address must be an IPv4 address with its prefix length, got %q", boundedText(input.Address, 64))
	}
	if input.TimeoutMs == 0 {
		input.TimeoutMs = 10_000
	}
	if input.TimeoutMs < 1 || input.TimeoutMs > maxNetworkUpMs {
		return networkUpOutput{}, fmt.Errorf("timeoutMs must be 1 to %d, got %d", maxNetworkUpMs, input.TimeoutMs)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(input.TimeoutMs)*time.Millisecond)
	defer cancel()
	card, err := waitForCard(ctx, input.MAC)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return networkUpOutput{Step: "wait-for-card", Errno: unix.ErrnoName(unix.ETIMEDOUT)}, nil
	case err != nil:
		// Only a card that does not come says something of the guest's drivers.
		return networkUpOutput{Step: cmp.Or(failedCall(err), "cancelled"), Errno: errnoName(err)}, nil
	}
	output := networkUpOutput{Interface: boundedText(card.Name, 16), Step: "done", Addresses: ipv4Of(card)}
	if len(output.Addresses) > 0 {
		return output, nil
	}
	if step, err := setAddress(card.Name, prefix); err != nil {
		output.Step, output.Errno = step, errnoName(err)
		return output, nil
	}
	output.Made, output.Addresses = true, ipv4Of(card)
	return output, nil
}

func waitForCard(ctx context.Context, mac string) (*net.Interface, error) {
	for {
		cards, err := net.Interfaces()
		if err != nil {
			return nil, inCall("list-cards", err)
		}
		for _, card := range cards {
			if strings.EqualFold(card.HardwareAddr.String(), mac) {
				return &card, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func ipv4Of(card *net.Interface) []string {
	found := []string{}
	addresses, err := card.Addrs()
	if err != nil {
		return found
	}
	for _, address := range addresses {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil && prefix.Addr().Is4() {
			found = append(found, prefix.String())
		}
	}
	return found
}

// setAddress does what netdevice(7) describes; the step that failed comes with the error.
func setAddress(name string, prefix netip.Prefix) (string, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return "socket", err
	}
	defer unix.Close(socket)
	mask := ^uint32(0) << (32 - prefix.Bits())
	address := prefix.Addr().As4()
	for _, act := range []struct {
		step    string
		request uint
		set     func(*unix.Ifreq) error
	}{
		{"set-address", unix.SIOCSIFADDR, func(r *unix.Ifreq) error { return r.SetInet4Addr(address[:]) }},
		{"set-mask", unix.SIOCSIFNETMASK, func(r *unix.Ifreq) error { return r.SetInet4Addr(binary.BigEndian.AppendUint32(nil, mask)) }},
		{"set-up", unix.SIOCSIFFLAGS, func(r *unix.Ifreq) error {
			// All flags are set at once: those that the guest has given the card stay.
			err := ifreqIoctl(socket, unix.SIOCGIFFLAGS, r)
			r.SetUint16(r.Uint16() | unix.IFF_UP)
			return err
		}},
	} {
		request, err := unix.NewIfreq(name)
		if err == nil {
			err = act.set(request)
		}
		if err == nil {
			err = ifreqIoctl(socket, act.request, request)
		}
		if err != nil {
			return act.step, err
		}
	}
	return "", nil
}

func ifreqIoctl(socket int, request uint, value *unix.Ifreq) error {
	return retryInterrupted(func() error { return unix.IoctlIfreq(socket, request, value) })
}
