package request

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	systemdName  = "org.freedesktop.systemd1"
	systemdPath  = dbus.ObjectPath("/org/freedesktop/systemd1")
	managerIface = systemdName + ".Manager"
	unitIface    = systemdName + ".Unit"
	privateBus   = "unix:path=/run/systemd/private"
)

// systemd is a connection to PID 1. Its private socket comes first: it is there before the message bus is, and on
// images that have none. On it systemd sends every signal without a match rule.
type systemd struct {
	conn    *dbus.Conn
	manager dbus.BusObject
}

func connectSystemd(ctx context.Context) (*systemd, error) {
	conn, privateErr := dialPrivate(ctx)
	if privateErr == nil {
		return &systemd{conn, conn.Object(systemdName, systemdPath)}, nil
	}
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, &Failure{Code: "no-systemd", Message: errors.Join(privateErr, err).Error()}
	}
	s := &systemd{conn, conn.Object(systemdName, systemdPath)}
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(systemdName)); err != nil {
		s.close()
		return nil, err
	}
	if err := s.call(ctx, "Subscribe").Err; err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func dialPrivate(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.Dial(privateBus, dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Getuid()))}); err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := wake(ctx, conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// wake sends a first call that is too long to be read together with the end of the authentication. systemd reads up
// to 256 bytes there and looks at what is behind it only when more arrives (sd-bus, bus_socket_read_auth): a short
// first call hung for ever in half of the connections to a busy Debian 13 guest.
func wake(ctx context.Context, conn *dbus.Conn) error {
	ping := conn.Object(systemdName, "/").CallWithContext(ctx, "org.freedesktop.DBus.Peer.Ping", 0, strings.Repeat(" ", 4096))
	var refusal dbus.Error
	if errors.As(ping.Err, &refusal) {
		return nil // Ping takes no argument: any answer will do
	}
	return ping.Err
}

func (s *systemd) close() { _ = s.conn.Close() }

func (s *systemd) call(ctx context.Context, method string, args ...any) *dbus.Call {
	return s.manager.CallWithContext(ctx, managerIface+"."+method, 0, args...)
}

func (s *systemd) properties(ctx context.Context, path dbus.ObjectPath, iface string) (map[string]dbus.Variant, error) {
	var all map[string]dbus.Variant
	err := s.conn.Object(systemdName, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, iface).Store(&all)
	return all, err
}

func (s *systemd) loadUnit(ctx context.Context, name string) (dbus.ObjectPath, error) {
	var path dbus.ObjectPath
	if err := s.call(ctx, "LoadUnit", name).Store(&path); err != nil {
		return "", fmt.Errorf("unit %s: %w", name, err)
	}
	return path, nil
}

// property is the value of a property, or the zero value when it is absent or has another type.
func property[T any](all map[string]dbus.Variant, name string) T {
	value, _ := all[name].Value().(T)
	return value
}
