package probe

import (
	"os"
	"reflect"
	"testing"
)

func TestProcessesListsThisOneAndNoThreadOfTheKernel(t *testing.T) {
	got := runProbe[processesOutput](t, "processes", "")
	isThere := false
	for _, seen := range got.Processes {
		if seen.PID == os.Getpid() {
			isThere = seen.RSSKiB > 0 && seen.PPID == os.Getppid() && seen.Name != "" && seen.StartedMs > 0
			for _, kind := range namespaceKinds {
				if want, err := os.Readlink("/proc/self/ns/" + kind); err != nil || seen.Namespaces[kind] != want {
					t.Errorf("namespace %s: got %q, want %q (%v)", kind, seen.Namespaces[kind], want, err)
				}
			}
		}
		if seen.Name == "kthreadd" {
			t.Errorf("a thread of the kernel: %+v", seen)
		}
	}
	if !isThere {
		t.Errorf("this process is not among %+v", got.Processes)
	}
}

func TestAProcessMayHaveAnyName(t *testing.T) {
	const stat = "77 (a) S 1 (b) S 1 70 71 1025 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 100 2000 30 18446744073709551615\n"
	got, flags, ok := parseProcessStat(stat)
	want := process{
		PID: 77, PPID: 1, Name: "a) S 1 (b", Session: 71, Terminal: 1025, RSSKiB: int64(30*os.Getpagesize()) / 1024, StartedMs: 1000,
	}
	if !ok || !reflect.DeepEqual(got, want) || flags != 4194304 {
		t.Errorf("got %+v, %d, %v", got, flags, ok)
	}
	for _, text := range []string{"", "77", "77 (a", "77 (a) S 1 2", ") ( S"} {
		if _, _, ok := parseProcessStat(text); ok {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestAProcessIsAtItsPlaceInTheUnifiedHierarchy(t *testing.T) {
	for text, want := range map[string]string{
		"0::/system.slice/containerd.service\n":           "/system.slice/containerd.service",
		"12:cpu:/old\n1:name=systemd:/other\n0::/new:1\n": "/new:1",
		"12:cpu:/old\n": "",
		"":              "",
	} {
		if got := unifiedCgroup(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
