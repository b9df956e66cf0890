package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func serve(t *testing.T) string {
	t.Helper()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/absent":
			http.NotFound(writer, request)
		case "/moved":
			http.Redirect(writer, request, "/there", http.StatusFound)
		case "/never":
			<-release
		default:
			fmt.Fprint(writer, "hello")
		}
	}))
	t.Cleanup(func() {
		close(release)
		server.Close()
	})
	return server.URL
}

func TestFetch(t *testing.T) {
	url := serve(t)
	file := filepath.Join(t.TempDir(), "body")
	for name, one := range map[string]struct {
		given options
		code  int
		want  string
	}{
		"a body is printed":                        {options{address: url + "/x"}, 0, "hello"},
		"http is meant where no scheme is given":   {options{address: strings.TrimPrefix(url, "http://")}, 0, "hello"},
		"an error of the server is an answer":      {options{address: url + "/absent", format: " %{http_code}"}, 0, "404 page not found\n 404"},
		"a redirection is not followed":            {options{address: url + "/moved", output: os.DevNull, format: "%{http_code}"}, 0, "302"},
		"a body can go to a file":                  {options{address: url + "/x", output: file}, 0, ""},
		"nobody listens":                           {options{address: "http://127.0.0.1:1"}, 7, ""},
		"an answer that does not come in the time": {options{address: url + "/never", maxTime: 0.05}, 28, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var printed bytes.Buffer
			code, _ := fetch(one.given, &printed)
			if code != one.code || printed.String() != one.want {
				t.Errorf("got exit code %d and %q, want %d and %q", code, printed.String(), one.code, one.want)
			}
		})
	}
	if content, _ := os.ReadFile(file); string(content) != "hello" {
		t.Errorf("the file has %q", content)
	}
}

func TestHead(t *testing.T) {
	var printed bytes.Buffer
	code, err := fetch(options{address: serve(t), withHead: true}, &printed)
	if code != 0 || err != nil || !strings.HasPrefix(printed.String(), "HTTP/1.1 200 OK\r\n") ||
		!strings.HasSuffix(printed.String(), "\r\n\r\nhello") {
		t.Errorf("got exit code %d, %v and %q", code, err, printed.String())
	}
}
