package probe

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPrivateMountsAreNotSeenOutside(t *testing.T) {
	needMounts(t)
	directory := t.TempDir()
	must(t, inPrivateMounts(func() error {
		must(t, unix.Mount("tmpfs", directory, "tmpfs", 0, ""))
		return os.WriteFile(directory+"/inside", nil, 0o600)
	}))
	expectEqual(t, "names outside", namesIn(t, directory), "")
}

func TestAPanicInPrivateMountsBecomesAnError(t *testing.T) {
	needMounts(t)
	err := inPrivateMounts(func() error { panic("boom") })
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v", err)
	}
}
