// The node's host containers: the bootstrap container, which runs user data before the node's other containers, and the
// admin container, which is off until it is asked for. See docs/host-containers.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/journal"

	"bootwright/host-containers/admin"
	"bootwright/host-containers/api"
	"bootwright/host-containers/bootstrap"
)

const usage = `usage: host-containers bootstrap NAME
       host-containers serve
       host-containers call METHOD PATH [BODY]`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "host-containers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "bootstrap":
		if !bootstrap.Run(ctx, args[1]) {
			os.Exit(1)
		}
		return nil
	case len(args) == 1 && args[0] == "serve":
		return serve(ctx)
	case len(args) == 3 && args[0] == "call":
		return api.Call(ctx, args[1], args[2], "", os.Stdout)
	case len(args) == 4 && args[0] == "call":
		return api.Call(ctx, args[1], args[2], args[3], os.Stdout)
	}
	return errors.New(usage)
}

func serve(ctx context.Context) error {
	listeners, err := activation.Listeners()
	if err != nil {
		return err
	}
	if len(listeners) != 1 {
		return fmt.Errorf("expected one socket from systemd, found %d", len(listeners))
	}
	container := &admin.Admin{
		Output: os.Stdout,
		Ended: func(why error) {
			_ = journal.Send("the admin container ended by itself: "+why.Error(), journal.PriErr, nil)
		},
	}
	if err := container.Resume(ctx); err != nil {
		return err
	}
	return api.Serve(ctx, listeners[0], container)
}
