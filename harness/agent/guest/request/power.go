package request

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

type powerParams struct {
	// Force leaves out the orderly shutdown: file systems are synced and the machine goes at once.
	Force bool `json:"force"`
	// Logind asks logind, as a power button and systemctl do: programs that hold a delay lock are given their time.
	Logind bool `json:"logind"`
}

func reboot(ctx context.Context, call *Call) (any, error) {
	return leave(ctx, call, "reboot.target", unix.LINUX_REBOOT_CMD_RESTART)
}

func powerOff(ctx context.Context, call *Call) (any, error) {
	return leave(ctx, call, "poweroff.target", unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// askLogind returns when logind has begun; it waits for delay locks afterwards.
func askLogind(ctx context.Context) error {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return &Failure{Code: "no-logind", Message: err.Error()}
	}
	defer conn.Close()
	logind := conn.Object("org.freedesktop.login1", "/org/freedesktop/login1")
	if err := logind.CallWithContext(ctx, "org.freedesktop.login1.Manager.PowerOff", 0, false).Err; err != nil {
		return &Failure{Code: "no-logind", Message: err.Error()}
	}
	return nil
}

// leave answers before the machine goes, so that the host can tell a refusal from success.
func leave(ctx context.Context, call *Call, target string, command int) (any, error) {
	var params powerParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	if params.Logind && target == "poweroff.target" {
		return struct{}{}, askLogind(ctx)
	}
	if !params.Force && os.Getpid() != 1 {
		s, err := connectSystemd(ctx)
		if err != nil {
			return nil, err
		}
		defer s.close()
		// What systemctl does: the manager's own PowerOff method would leave out the orderly stop of units.
		return struct{}{}, s.call(ctx, "StartUnit", target, "replace-irreversibly").Err
	}
	call.afterwards = func() {
		call.server.session.Flush()
		unix.Sync()
		_ = unix.Reboot(command)
	}
	return struct{}{}, nil
}
