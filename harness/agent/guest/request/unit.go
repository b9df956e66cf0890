package request

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// UnitState is what systemd says of a unit. Times are CLOCK_MONOTONIC in microseconds, 0 for never.
type UnitState struct {
	Name                 string `json:"name"`
	LoadState            string `json:"loadState"`
	ActiveState          string `json:"activeState"`
	SubState             string `json:"subState"`
	Result               string `json:"result"`
	HasJob               bool   `json:"hasJob"`
	IsConditionMet       bool   `json:"isConditionMet"`
	InactiveExitUs       uint64 `json:"inactiveExitUs"`
	ActiveEnterUs        uint64 `json:"activeEnterUs"`
	StateChangeUs        uint64 `json:"stateChangeUs"`
	ConditionMonotonicUs uint64 `json:"conditionUs"`
	ExecMainStatus       int32  `json:"execMainStatus"`
	NumberOfRestarts     uint32 `json:"restarts"`
	UnitFileState        string `json:"unitFileState"`
}

type unitParams struct {
	Name string `json:"name"`
}

func unitState(ctx context.Context, call *Call) (any, error) {
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
	return s.stateOf(ctx, params.Name, path)
}

func (s *systemd) stateOf(ctx context.Context, name string, path dbus.ObjectPath) (UnitState, error) {
	unit, err := s.properties(ctx, path, unitIface)
	if err != nil {
		return UnitState{}, err
	}
	state := UnitState{
		Name:                 name,
		LoadState:            property[string](unit, "LoadState"),
		ActiveState:          property[string](unit, "ActiveState"),
		SubState:             property[string](unit, "SubState"),
		IsConditionMet:       property[bool](unit, "ConditionResult"),
		InactiveExitUs:       property[uint64](unit, "InactiveExitTimestampMonotonic"),
		ActiveEnterUs:        property[uint64](unit, "ActiveEnterTimestampMonotonic"),
		StateChangeUs:        property[uint64](unit, "StateChangeTimestampMonotonic"),
		ConditionMonotonicUs: property[uint64](unit, "ConditionTimestampMonotonic"),
		UnitFileState:        property[string](unit, "UnitFileState"),
	}
	if job := property[[]any](unit, "Job"); len(job) > 0 {
		id, _ := job[0].(uint32)
		state.HasJob = id != 0
	}
	// Only some kinds of unit have a result; targets and devices have no such interface property.
	if own, err := s.properties(ctx, path, interfaceOf(name)); err == nil {
		state.Result = property[string](own, "Result")
		state.ExecMainStatus = property[int32](own, "ExecMainStatus")
		state.NumberOfRestarts = property[uint32](own, "NRestarts")
	}
	return state, nil
}

// interfaceOf gives org.freedesktop.systemd1.Service for x.service.
func interfaceOf(name string) string {
	kind := name[strings.LastIndexByte(name, '.')+1:]
	if kind == "" {
		return unitIface
	}
	return systemdName + "." + strings.ToUpper(kind[:1]) + kind[1:]
}

type waitResult struct {
	IsActive bool      `json:"isActive"`
	Reason   string    `json:"reason"`
	Unit     UnitState `json:"unit"`
}

// A signal may get lost between the state and the wait only if systemd drops one; this bounds the harm.
const lookAgain = 5 * time.Second

// waitUnit waits until a unit is active, and gives up early in a state that it will not leave by itself.
func waitUnit(ctx context.Context, call *Call) (any, error) {
	var params unitParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	signals := make(chan *dbus.Signal, 256)
	s.conn.Signal(signals)
	path, err := s.loadUnit(ctx, params.Name)
	if err != nil {
		return nil, err
	}
	var state UnitState
	for {
		seen, err := s.stateOf(ctx, params.Name, path)
		if err == nil {
			state = seen
			if result, isDecided := judge(state); isDecided {
				return result, nil
			}
			err = waitForSignal(ctx, signals, path)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("unit %s is %s (%s) in the end: %w", params.Name, state.ActiveState, state.SubState, ctx.Err())
		}
		if err != nil {
			return nil, err
		}
	}
}

func judge(state UnitState) (waitResult, bool) {
	switch {
	case state.ActiveState == "active":
		return waitResult{true, "active", state}, true
	case state.LoadState == "not-found" || state.LoadState == "masked" || state.LoadState == "bad-setting":
		return waitResult{false, state.LoadState, state}, true
	case state.ActiveState == "failed" && !state.HasJob:
		return waitResult{false, "failed", state}, true
	case state.ActiveState == "inactive" && !state.HasJob && state.ConditionMonotonicUs != 0 && !state.IsConditionMet:
		return waitResult{false, "condition not met", state}, true
	case state.ActiveState == "inactive" && !state.HasJob:
		return waitResult{false, "inactive and nothing starts it", state}, true
	}
	return waitResult{}, false
}

func waitForSignal(ctx context.Context, signals <-chan *dbus.Signal, path dbus.ObjectPath) error {
	again := time.NewTimer(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
			return nil
		case signal, isOpen := <-signals:
			if !isOpen {
				return &Failure{Code: "no-systemd", Message: "systemd closed the connection"}
			}
			if signal.Path == path || signal.Name == managerIface+".JobRemoved" || signal.Name == managerIface+".Reloading" {
				return nil
			}
		}
	}
}

// listedUnit is one element of ListUnitsFiltered's answer, a(ssssssouso).
type listedUnit struct {
	Name, Description, LoadState, ActiveState, SubState, Following string
	Path                                                           dbus.ObjectPath
	JobID                                                          uint32
	JobType                                                        string
	JobPath                                                        dbus.ObjectPath
}

func failedUnits(ctx context.Context, _ *Call) (any, error) {
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var listed []listedUnit
	if err := s.call(ctx, "ListUnitsFiltered", []string{"failed"}).Store(&listed); err != nil {
		return nil, err
	}
	states := []UnitState{}
	for _, unit := range listed {
		state, err := s.stateOf(ctx, unit.Name, unit.Path)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

// UnitSummary is a loaded unit without the details that need a call of their own.
type UnitSummary struct {
	Name        string `json:"name"`
	LoadState   string `json:"loadState"`
	ActiveState string `json:"activeState"`
	SubState    string `json:"subState"`
}

func listUnits(ctx context.Context, _ *Call) (any, error) {
	s, err := connectSystemd(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var listed []listedUnit
	if err := s.call(ctx, "ListUnits").Store(&listed); err != nil {
		return nil, err
	}
	units := make([]UnitSummary, 0, len(listed))
	for _, unit := range listed {
		units = append(units, UnitSummary{unit.Name, unit.LoadState, unit.ActiveState, unit.SubState})
	}
	return units, nil
}
