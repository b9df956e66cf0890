package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAProcessIsKnownByItsStart(t *testing.T) {
	own := os.Getpid()
	started := startOf(own)
	if started == "" || strings.Trim(started, "0123456789") != "" {
		t.Fatalf("it started at %q", started)
	}
	is := traces{ids: []string{"nobody-has-this-id"}, processes: []startedProcess{{own, started}}}
	expect(t, len(is.processesLeft()), 1)
	was := traces{ids: is.ids, processes: []startedProcess{{own, "1" + started}}}
	expect(t, was.processesLeft(), []string(nil))
}

func TestWhatIsLeftIsFound(t *testing.T) {
	base := t.TempDir()
	if err := os.Mkdir(filepath.Join(base, "left-behind-id"), 0o755); err != nil {
		t.Fatal(err)
	}
	left := traces{ids: []string{"left-behind-id"}, directories: []string{base}, namespaces: []string{base}}
	expect(t, left.filesLeft(), []string{"network namespace " + base, "directory " + filepath.Join(base, "left-behind-id")})
}

func TestALogIsReadWithoutTimesAndTags(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	written(t, path, "2026-11-30T15:00:00Z stdout F a line of words\n2026-11-30T15:00:01Z stderr F another\n", 0o644)
	expect(t, printed(path), "a line of words\nanother\n")
}
