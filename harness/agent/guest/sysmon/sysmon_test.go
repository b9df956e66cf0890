package sysmon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestRestReachesOneOtherThread(t *testing.T) {
	err := Rest()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		t.Skipf("needs CAP_SYS_NICE, and a kernel that has the file: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	id, err := threadID()
	if err != nil {
		t.Fatal(err)
	}
	seen, err := os.ReadFile(fmt.Sprintf("/proc/%d/timerslack_ns", id))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(seen)); got != fmt.Sprint(restNs) {
		t.Errorf("timer slack of thread %d is %s, want %d", id, got, restNs)
	}
	if id == os.Getpid() {
		t.Errorf("thread %d is the main one", id)
	}
}
