package probe

import (
	"reflect"
	"testing"
)

func TestCPUIdleReadsThisMachine(t *testing.T) {
	got := runProbe[cpuIdleOutput](t, "cpu-idle", "")
	if got.CPUs < 1 || got.UptimeMs <= 0 || got.Ticks.Idle == 0 || got.Forks == 0 {
		t.Errorf("%+v", got)
	}
}

func TestStatAndPressureAreParsed(t *testing.T) {
	var got cpuIdleOutput
	got.addStat("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5 0 0\nctxt 77\nprocesses 12\nprocs_running 3\nprocs_blocked 1\n")
	want := cpuIdleOutput{
		CPUs: 1, Ticks: cpuTicks{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, ContextSwitches: 77, Forks: 12, Running: 3, Blocked: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	pressure := parsePressure("some avg10=0.50 avg60=1.25 avg300=0.00 total=148992\nnonsense\n")
	if want := map[string]pressureLine{"some": {0.5, 1.25, 0, 148992}}; !reflect.DeepEqual(pressure, want) {
		t.Errorf("got %+v, want %+v", pressure, want)
	}
}
