package probe

import (
	"fmt"
	"os"
	"testing"
)

func TestLinksReportsTargetAndPlace(t *testing.T) {
	directory := t.TempDir()
	must(t, os.MkdirAll(directory+"/var/home", 0o755))
	must(t, os.Symlink("var/home", directory+"/home"))
	must(t, os.Symlink("nowhere", directory+"/dangling"))
	must(t, os.Symlink("loop", directory+"/loop"))
	for _, want := range []linkReport{
		{Path: directory + "/home", Exists: true, IsSymlink: true, Target: "var/home", Resolved: directory + "/var/home"},
		{Path: directory + "/var", Exists: true, Resolved: directory + "/var"},
		{Path: directory + "/dangling", Exists: true, IsSymlink: true, Target: "nowhere", Errno: "ENOENT"},
		{Path: directory + "/absent", Errno: "ENOENT"},
	} {
		got := runProbe[linksOutput](t, "links", fmt.Sprintf(`{"paths":[%q]}`, want.Path))
		expectEqual(t, want.Path, got.Links[0], want)
	}
	loop := runProbe[linksOutput](t, "links", fmt.Sprintf(`{"paths":[%q]}`, directory+"/loop"))
	expectEqual(t, "a loop resolves to", loop.Links[0].Resolved, "")
}
