package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// caller is who is at the other end of a connection, as the kernel says (SO_PEERCRED in unix(7)).
type caller struct {
	uid uint32
	pid int32
	// exe is what that process runs; a process that has already ended leaves it empty.
	exe string
}

type callerKey struct{}

func withCaller(ctx context.Context, connection net.Conn) context.Context {
	found, err := callerOf(connection)
	if err != nil {
		return ctx
	}
	return context.WithValue(ctx, callerKey{}, found)
}

func callerIn(ctx context.Context) (caller, bool) {
	found, ok := ctx.Value(callerKey{}).(caller)
	return found, ok
}

func callerOf(connection net.Conn) (caller, error) {
	socket, ok := connection.(*net.UnixConn)
	if !ok {
		return caller{}, errors.New("not a unix socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return caller{}, err
	}
	var peer *unix.Ucred
	var optErr error
	err = raw.Control(func(fd uintptr) {
		peer, optErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err := errors.Join(err, optErr); err != nil {
		return caller{}, err
	}
	exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", peer.Pid))
	return caller{peer.Uid, peer.Pid, exe}, nil
}
