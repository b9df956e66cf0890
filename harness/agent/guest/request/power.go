package request

import (
	"context"
	"os"

	"golang.org/x/sys/unix"
)

type powerParams struct {
	// Force leaves out the orderly shutdown: file systems are synced and the machine goes at once.
	Force bool `json:"force"`
}

func reboot(ctx context.Context, call *Call) (any, error) {
	return leave(ctx, call, "Reboot", unix.LINUX_REBOOT_CMD_RESTART)
}

func powerOff(ctx context.Context, call *Call) (any, error) {
	return leave(ctx, call, "PowerOff", unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// leave answers before the machine goes, so that the host can tell a refusal from success.
func leave(ctx context.Context, call *Call, method string, command int) (any, error) {
	var params powerParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	if !params.Force && os.Getpid() != 1 {
		s, err := connectSystemd(ctx)
		if err != nil {
			return nil, err
		}
		defer s.close()
		return struct{}{}, s.call(ctx, method).Err
	}
	call.afterwards = func() {
		call.server.session.Flush()
		unix.Sync()
		_ = unix.Reboot(command)
	}
	return struct{}{}, nil
}
