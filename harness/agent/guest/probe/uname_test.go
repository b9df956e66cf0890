package probe

import (
	"os"
	"strings"
	"testing"
)

func TestUnameIsThatOfThisKernel(t *testing.T) {
	got := runProbe[unameOutput](t, "uname", "")
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if got.Sysname != "Linux" || got.Release != strings.TrimSpace(string(release)) || got.Version == "" || got.Machine == "" {
		t.Errorf("%+v", got)
	}
}
