package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
)

// Once it is there, /healthz says that this container is ill.
const unhealthyPath = "/tmp/unhealthy"

// serve answers HTTP until it is told to end.
func serve(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("expected one address, as in :8080")
	}
	listener, err := net.Listen("tcp", arguments[0])
	if err != nil {
		return err
	}
	fmt.Printf("serving on %s\n", listener.Addr())
	told := endSignal()
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(listener, handler()) }()
	select {
	case err := <-failed:
		return err
	case <-told:
		fmt.Println("terminated")
		return nil
	}
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(answer http.ResponseWriter, _ *http.Request) {
		name, _ := os.Hostname()
		fmt.Fprintln(answer, name)
	})
	mux.HandleFunc("GET /healthz", func(answer http.ResponseWriter, _ *http.Request) {
		if _, err := os.Stat(unhealthyPath); err == nil {
			http.Error(answer, "unhealthy", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(answer, "ok")
	})
	return mux
}
