// Command registry serves container images from an OCI image layout over HTTP, to programs of the same machine only: the pull
// side of the OCI distribution specification, nothing else. The layout is only read. Debian's docker-registry is linked
// against libc, which not every guest has; this one needs nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	directory := flag.String("layout", "", "directory of the OCI image layout")
	address := flag.String("listen", "127.0.0.1:5000", "loopback address to answer on; port 0 takes a free one")
	flag.Parse()
	if err := run(*directory, *address); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(directory, address string) error {
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	layout, err := openLayout(directory)
	if err != nil {
		return err
	}
	listener, err := listenOnLoopback(address)
	if err != nil {
		return err
	}
	// Whoever waits for it reads this line.
	fmt.Printf("listening on %s, %d names\n", listener.Addr(), len(layout.names))
	server := &http.Server{Handler: logged(layout.handler()), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-stopped.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Images without passwords: whoever is not on this machine must not get at them.
func listenOnLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%q should be a loopback address", host)
	}
	return net.Listen("tcp", address)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// One line a request, so that a pull that failed can be explained.
func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		counted := &statusWriter{ResponseWriter: writer, status: http.StatusOK}
		next.ServeHTTP(counted, request)
		fmt.Printf("%s %q %d\n", request.Method, request.URL.Path, counted.status)
	})
}
