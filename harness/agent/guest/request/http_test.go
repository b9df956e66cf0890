package request

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnAnswerHasStatusHeadersAndAsMuchOfTheBodyAsIsWanted(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Method", r.Method+" "+r.Header.Get("X-Own"))
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
		_, _ = w.Write([]byte("0123456789"))
	}))
	defer server.Close()
	for _, want := range []struct {
		limit       int64
		body        string
		isTruncated bool
	}{{4, "0123", true}, {10, "0123456789", false}} {
		params := httpParams{URL: server.URL, Method: "POST", Header: map[string]string{"X-Own": "mine"}, MaxBodyBytes: want.limit}
		var body bytes.Buffer
		got := params.ask(t.Context(), params.transport(), strings.NewReader("input"), &body)
		if got.Status != http.StatusFound || got.Headers["X-Method"][0] != "POST mine" || body.String() != want.body ||
			got.IsTruncated != want.isTruncated || got.Bytes != int64(len(want.body)) || len(got.Sha256) != 64 {
			t.Errorf("limit %d: got %+v and body %q", want.limit, got, body.String())
		}
	}
}

func TestThatNobodyAnswersIsAnOutcomeThatStaysTheSame(t *testing.T) {
	params := httpParams{URL: "http://127.0.0.1:1/", Method: "GET"}
	first := params.ask(t.Context(), params.transport(), nil, &bytes.Buffer{})
	second := params.ask(t.Context(), params.transport(), nil, &bytes.Buffer{})
	if first.Status != 0 || first.Errno != "ECONNREFUSED" || first.Reason == "" || first.Sha256 != second.Sha256 {
		t.Errorf("got %+v, then %+v", first, second)
	}
}

func TestItIsAskedAgainUntilTheOutcomeIsAnother(t *testing.T) {
	asked := 0
	path := t.TempDir() + "/socket"
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if asked < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok"))
	})}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	params := httpParams{URL: "http://localhost/healthz", Method: "GET", Socket: path, MaxBodyBytes: 100, EveryMs: 10}
	before := params.ask(t.Context(), params.transport(), nil, &bytes.Buffer{})
	params.ChangedFrom = before.Sha256
	after, body, err := params.untilChanged(t.Context(), params.transport())
	if err != nil || before.Status != 503 || after.Status != 200 || string(body) != "ok" || asked != 4 {
		t.Errorf("asked %d times, got %+v with %q after %+v: %v", asked, after, body, before, err)
	}
}

func TestBadParametersOfARequestAreRefused(t *testing.T) {
	good := httpParams{URL: "http://127.0.0.1/", Method: "GET", EveryMs: 10}
	for name, change := range map[string]func(*httpParams){
		"scheme":        func(p *httpParams) { p.URL = "file:///etc/passwd" },
		"no host":       func(p *httpParams) { p.URL = "http:///x" },
		"negative":      func(p *httpParams) { p.MaxBodyBytes = -1 },
		"repeated post": func(p *httpParams) { p.Method, p.ChangedFrom = "POST", "x" },
		"busy":          func(p *httpParams) { p.EveryMs = 0 },
		"too much kept": func(p *httpParams) { p.ChangedFrom, p.MaxBodyBytes = "x", maxKeptBodyBytes+1 },
	} {
		params := good
		change(&params)
		if params.check() == nil {
			t.Errorf("%s: %+v was taken", name, params)
		}
	}
	if err := good.check(); err != nil {
		t.Error(err)
	}
}

func TestASlowServerIsGivenUpAtTheDeadline(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer server.Close()
	defer close(stop)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	params := httpParams{URL: server.URL, Method: "GET"}
	if got := params.ask(ctx, params.transport(), nil, &bytes.Buffer{}); got.Status != 0 {
		t.Errorf("got %+v", got)
	}
}
