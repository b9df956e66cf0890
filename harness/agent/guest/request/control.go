package request

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// jobMethods are what systemd is asked for each action; a job takes the place of what is queued, as with systemctl.
var jobMethods = map[string]string{
	"start": "StartUnit", "stop": "StopUnit", "restart": "RestartUnit", "reload": "ReloadUnit",
}

// controlUnit has systemd do something with a unit and waits for the end of that job. Its result is systemd's word:
// done, failed, timeout, dependency, canceled, skipped.
func controlUnit(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Name   string `json:"name"`
		Action string `json:"action"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	method, isKnown := jobMethods[params.Action]
	if !isKnown {
		return nil, invalid("action must be start, stop, restart or reload, got %q", params.Action)
	}
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	signals := make(chan *dbus.Signal, 256)
	s.conn.Signal(signals)
	var job dbus.ObjectPath
	if err := s.call(ctx, method, params.Name, "replace").Store(&job); err != nil {
		return nil, fmt.Errorf("%s of unit %s: %w", params.Action, params.Name, err)
	}
	result, err := resultOfJob(ctx, signals, job)
	if err != nil {
		return nil, fmt.Errorf("%s of unit %s: %w", params.Action, params.Name, err)
	}
	return map[string]string{"result": result}, nil
}

func resultOfJob(ctx context.Context, signals <-chan *dbus.Signal, job dbus.ObjectPath) (string, error) {
	for {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the job has not ended: %w", ctx.Err())
		case signal, isOpen := <-signals:
			if !isOpen {
				return "", &Failure{Code: "no-systemd", Message: "systemd closed the connection"}
			}
			if signal.Name != managerIface+".JobRemoved" || len(signal.Body) < 4 || signal.Body[1] != job {
				continue
			}
			result, _ := signal.Body[3].(string)
			return result, nil
		}
	}
}

// reloadUnits has systemd read its unit files again; it answers when that is done.
func reloadUnits(ctx context.Context, _ *Call) (any, error) {
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return struct{}{}, s.call(ctx, "Reload").Err
}

// execCommand is one element of a service's ExecStart, a(sasbttttuii).
type execCommand struct {
	Path                                                string
	Argv                                                []string
	IgnoresFailure                                      bool
	StartRealtime, StartMonotonic, ExitRealtime, ExitUs uint64
	Pid                                                 uint32
	Code, Status                                        int32
}

// serviceResult is how a service is run. MainPid is 0 when it is not.
type serviceResult struct {
	MainPid uint32 `json:"mainPid"`
	// ExecStart as in the unit, without its environment put in; argv[0] is the program's path.
	ExecStart       [][]string `json:"execStart"`
	ExecMainStartUs uint64     `json:"execMainStartUs"`
	FragmentPath    string     `json:"fragmentPath"`
	DropInPaths     []string   `json:"dropInPaths"`
	ControlGroup    string     `json:"controlGroup"`
}

func service(ctx context.Context, call *Call) (any, error) {
	var params unitParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	path, err := s.loadUnit(ctx, params.Name)
	if err != nil {
		return nil, err
	}
	unit, err := s.properties(ctx, path, unitIface)
	if err != nil {
		return nil, err
	}
	own, err := s.properties(ctx, path, interfaceOf(params.Name))
	if err != nil {
		return nil, fmt.Errorf("unit %s: %w", params.Name, err)
	}
	result := serviceResult{
		MainPid:         property[uint32](own, "MainPID"),
		ExecStart:       [][]string{},
		ExecMainStartUs: property[uint64](own, "ExecMainStartTimestampMonotonic"),
		FragmentPath:    property[string](unit, "FragmentPath"),
		DropInPaths:     append([]string{}, property[[]string](unit, "DropInPaths")...),
		ControlGroup:    property[string](own, "ControlGroup"),
	}
	var commands []execCommand
	if err := own["ExecStart"].Store(&commands); err != nil {
		return nil, fmt.Errorf("unit %s has no ExecStart: %w", params.Name, err)
	}
	for _, command := range commands {
		argv := append([]string{command.Path}, command.Argv[min(1, len(command.Argv)):]...)
		result.ExecStart = append(result.ExecStart, argv)
	}
	return result, nil
}
