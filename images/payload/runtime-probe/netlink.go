package main

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// newLink makes a network device of this kind, in the network of its thread (rtnetlink(7)).
func newLink(kind, name string) error {
	information := attribute(unix.IFLA_LINKINFO, attribute(unix.IFLA_INFO_KIND, []byte(kind)))
	body := append(make([]byte, unix.SizeofIfInfomsg), attribute(unix.IFLA_IFNAME, []byte(name+"\x00"))...)
	flags := unix.NLM_F_REQUEST | unix.NLM_F_ACK | unix.NLM_F_CREATE | unix.NLM_F_EXCL
	return netlink(unix.NETLINK_ROUTE, message(unix.RTM_NEWLINK, flags, append(body, information...)))
}

// newTable makes a table of nftables, as a batch of one change (linux/netfilter/nfnetlink.h).
func newTable() error {
	header := func(family byte, resource uint16) []byte {
		return binary.BigEndian.AppendUint16([]byte{family, unix.NFNETLINK_V0}, resource)
	}
	const subsystem = unix.NFNL_SUBSYS_NFTABLES
	begin := message(unix.NFNL_MSG_BATCH_BEGIN, unix.NLM_F_REQUEST, header(unix.AF_UNSPEC, subsystem))
	body := append(header(unix.NFPROTO_IPV4, 0), attribute(unix.NFTA_TABLE_NAME, []byte("bootwright\x00"))...)
	change := message(subsystem<<8|unix.NFT_MSG_NEWTABLE, unix.NLM_F_REQUEST|unix.NLM_F_ACK|unix.NLM_F_CREATE, body)
	end := message(unix.NFNL_MSG_BATCH_END, unix.NLM_F_REQUEST, header(unix.AF_UNSPEC, subsystem))
	return netlink(unix.NETLINK_NETFILTER, append(append(begin, change...), end...))
}

const netlinkTimeoutS = 10

// netlink sends messages of which one wants an acknowledgement, and waits for that.
func netlink(protocol int, messages []byte) error {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return fmt.Errorf("netlink: %w", err)
	}
	defer unix.Close(socket)
	if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: netlinkTimeoutS}); err != nil {
		return err
	}
	if err := unix.Sendto(socket, messages, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("netlink: %w", err)
	}
	buffer := make([]byte, 64<<10)
	for {
		size, _, err := unix.Recvfrom(socket, buffer, 0)
		if err != nil {
			return fmt.Errorf("netlink does not answer: %w", err)
		}
		answers, err := syscall.ParseNetlinkMessage(buffer[:size])
		if err != nil {
			return fmt.Errorf("netlink: %w", err)
		}
		for _, answer := range answers {
			if answer.Header.Type != unix.NLMSG_ERROR || len(answer.Data) < 4 {
				continue
			}
			if errno := int32(binary.NativeEndian.Uint32(answer.Data)); errno != 0 {
				return syscall.Errno(-errno)
			}
			return nil
		}
	}
}

func message(kind, flags int, body []byte) []byte {
	header := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	header = binary.NativeEndian.AppendUint16(header, uint16(kind))
	header = binary.NativeEndian.AppendUint16(header, uint16(flags))
	// Sequence and port: one question at a time.
	return padded(append(append(header, make([]byte, 8)...), body...))
}

func attribute(kind int, value []byte) []byte {
	header := binary.NativeEndian.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(value)))
	header = binary.NativeEndian.AppendUint16(header, uint16(kind))
	return padded(append(header, value...))
}

// padded to the next multiple of four (NLMSG_ALIGN).
func padded(data []byte) []byte {
	return append(data, make([]byte, (4-len(data)%4)%4)...)
}
