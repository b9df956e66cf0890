package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryPathIsAnswered(t *testing.T) {
	for _, path := range []string{"/", "/index.html", "/a/b?c=d"} {
		recorder := httptest.NewRecorder()
		answer("nginx").ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if recorder.Code != http.StatusOK || !strings.Contains(recorder.Body.String(), "Welcome to nginx!") {
			t.Errorf("%s: %d %q", path, recorder.Code, recorder.Body)
		}
	}
}

func TestAnAddressThatIsTakenEndsIt(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if err := run("nginx", strings.TrimPrefix(server.URL, "http://"), ""); err == nil {
		t.Error("it should have failed")
	}
}
