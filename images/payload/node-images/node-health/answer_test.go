package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A node whose kubelet answers with status.
func madeNode(t *testing.T, status int, meminfo string) []check {
	t.Helper()
	kubelet := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		writer.WriteHeader(status)
	}))
	t.Cleanup(kubelet.Close)
	directory := t.TempDir()
	memory := filepath.Join(directory, "meminfo")
	if err := os.WriteFile(memory, []byte(meminfo), 0o600); err != nil {
		t.Fatal(err)
	}
	return []check{
		{"kubelet", kubeletAnswers(kubelet.URL)},
		{"state", hasRoom("/dev/shm")},
		{"memory", hasMemory(memory)},
	}
}

func TestAnswerOfAHealthyNode(t *testing.T) {
	checks := madeNode(t, http.StatusOK, "MemTotal: 99 kB\nMemAvailable:   900000 kB\n")
	recorder := httptest.NewRecorder()
	answer(checks).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	want := `{"healthy":true,"checks":[{"name":"kubelet","healthy":true},{"name":"state","healthy":true},{"name":"memory","healthy":true}]}`
	if got := strings.TrimSpace(recorder.Body.String()); recorder.Code != http.StatusOK || got != want {
		t.Errorf("%d %s", recorder.Code, got)
	}
}

func TestEachProblemIsNamed(t *testing.T) {
	checks := madeNode(t, http.StatusInternalServerError, "MemAvailable: 1000 kB\n")
	recorder := httptest.NewRecorder()
	answer(checks).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	var got health
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, each := range got.Checks {
		if !each.Healthy && each.Problem != "" {
			broken = append(broken, each.Name)
		}
	}
	if want := []string{"kubelet", "memory"}; recorder.Code != http.StatusServiceUnavailable || !reflect.DeepEqual(broken, want) {
		t.Errorf("%d %v", recorder.Code, got)
	}
}

func TestMemoryThatCannotBeReadIsAProblem(t *testing.T) {
	for _, text := range []string{"", "MemAvailable: much\n"} {
		path := filepath.Join(t.TempDir(), "meminfo")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if hasMemory(path)(context.Background()) == nil {
			t.Errorf("%q passes", text)
		}
	}
}
