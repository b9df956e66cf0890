package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
)

func TestProcessesAreFoundByTheKernelsName(t *testing.T) {
	proc := t.TempDir()
	for pid, comm := range map[string]string{"1": "sh", "7": "sleep", "12": "usleep", "30": "sleep", "net": "sleep"} {
		if err := os.Mkdir(filepath.Join(proc, pid), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(proc, pid, "comm"), []byte(comm+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, wanted := range map[string][]int{
		"sleep": {7, 12}, "^sleep$": {7}, "^sh$": {1}, "top": nil,
	} {
		if seen := matching(proc, regexp.MustCompile(pattern), 30); !reflect.DeepEqual(seen, wanted) {
			t.Errorf("%s: %v, should be %v", pattern, seen, wanted)
		}
	}
}

func TestARealProcessIsFound(t *testing.T) {
	name, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile("^" + regexp.QuoteMeta(string(name[:len(name)-1])) + "$")
	for _, pid := range matching("/proc", pattern, 0) {
		if pid == os.Getpid() {
			return
		}
	}
	t.Error("this process should be found")
}
