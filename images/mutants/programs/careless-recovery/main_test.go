package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWasCut(t *testing.T) {
	clean := "<6>[    1.1] EXT4-fs (vda3): mounted filesystem 00 ro with ordered data mode. Quota mode: none.\n"
	replayed := "<6>[    1.0] EXT4-fs (vda3): INFO: recovery required on readonly filesystem\n" +
		"<6>[    1.0] EXT4-fs (vda3): write access will be enabled during recovery\n" +
		"<6>[    1.1] EXT4-fs (vda3): recovery complete\n"
	if wasCut(clean) || wasCut("") {
		t.Error("a clean mount is taken for a power cut")
	}
	if !wasCut(clean + replayed) {
		t.Error("a replayed journal is not seen")
	}
}

func TestWriteAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vmlinuz-1")
	if err := os.WriteFile(path, []byte("kernel"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeAnew(path); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "kernel" {
		t.Errorf("got %q, %v", content, err)
	}
}
