package request

import (
	"reflect"
	"testing"
)

func TestParseMountinfo(t *testing.T) {
	text := "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n" +
		"bad line\n" +
		"40 36 0:5 / /sys ro shared:2 master:1 - sysfs sysfs rw\n"
	want := []mountEntry{
		{36, 35, "98:0", "/mnt1", "/mnt 2", []string{"rw", "noatime"}, []string{"master:1"}, "ext3", "/dev/root", []string{"rw", "errors=continue"}},
		{40, 36, "0:5", "/", "/sys", []string{"ro"}, []string{"shared:2", "master:1"}, "sysfs", "sysfs", []string{"rw"}},
	}
	if got := parseMountinfo(text); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestJudgeGivesUpOnlyWhereNothingWillChange(t *testing.T) {
	cases := []struct {
		state   UnitState
		decided bool
		reason  string
	}{
		{UnitState{LoadState: "loaded", ActiveState: "active"}, true, "active"},
		{UnitState{LoadState: "loaded", ActiveState: "activating"}, false, ""},
		{UnitState{LoadState: "loaded", ActiveState: "inactive", HasJob: true}, false, ""},
		{UnitState{LoadState: "loaded", ActiveState: "inactive"}, true, "inactive and nothing starts it"},
		{UnitState{LoadState: "loaded", ActiveState: "inactive", ConditionMonotonicUs: 5}, true, "condition not met"},
		{UnitState{LoadState: "loaded", ActiveState: "failed"}, true, "failed"},
		{UnitState{LoadState: "loaded", ActiveState: "failed", HasJob: true}, false, ""},
		{UnitState{LoadState: "not-found", ActiveState: "inactive"}, true, "not-found"},
	}
	for _, c := range cases {
		result, decided := judge(c.state)
		if decided != c.decided || result.Reason != c.reason {
			t.Errorf("%+v: decided %v, reason %q", c.state, decided, result.Reason)
		}
	}
}

func TestInterfaceOf(t *testing.T) {
	if got := interfaceOf("containerd.service"); got != "org.freedesktop.systemd1.Service" {
		t.Error(got)
	}
}
