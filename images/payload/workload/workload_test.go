package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestStatusFieldsAreThoseOfTheKernel(t *testing.T) {
	fields := statusFields("Name:\tworkload\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n")
	if fields["CapEff"] != "00000000a80425fb" || fields["Seccomp"] != "2" {
		t.Fatalf("unexpected fields %v", fields)
	}
}

func TestIsHealthyWithoutTheMark(t *testing.T) {
	recorder := httptest.NewRecorder()
	handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if recorder.Code != http.StatusOK {
		t.Fatalf("status %d", recorder.Code)
	}
}

func TestWritesWhatItIsGiven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := write([]string{path, "text"}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "text" {
		t.Fatalf("read %q, %v", text, err)
	}
}

func TestRefusesWhatIsNoNumber(t *testing.T) {
	for _, arguments := range [][]string{nil, {"x"}, {"1", "2"}} {
		if _, err := number(arguments); err == nil {
			t.Fatalf("%q was taken for a number", arguments)
		}
	}
}

func TestAProbeFailsOnceAFileIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := absent([]string{path}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if absent([]string{"/none", path}) == nil {
		t.Fatal("the file was not seen")
	}
}

func TestAReportGrowsByLinesWithTheirTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	for _, what := range []string{"started", "told to end"} {
		if err := reportTo(path, what); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || !regexp.MustCompile(`^[\d.]+ started\n[\d.]+ told to end\n$`).Match(text) {
		t.Fatalf("read %q, %v", text, err)
	}
}
