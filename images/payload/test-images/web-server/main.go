// Command web-server stands in for nginx and Apache's httpd in the images that conformance suites ask for: it answers every
// request with 200, and says what it does on its standard output. Further arguments, such as "master process", are for those
// who read a process's command line.
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
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

func main() {
	address := flag.String("listen", ":80", "the address to answer on")
	pidFile := flag.String("pid-file", "", "where the process id goes once requests are answered")
	flag.Parse()
	if err := run(filepath.Base(os.Args[0]), *address, *pidFile); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name, address, pidFile string) error {
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	defer stop()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if pidFile != "" {
		if err := os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%s answers on %s\n", name, listener.Addr())
	server := &http.Server{Handler: answer(name), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-stopped.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func answer(name string) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		fmt.Printf("%s %q from %s\n", request.Method, request.URL.Path, request.RemoteAddr)
		fmt.Fprintf(writer, "<!DOCTYPE html>\n<title>Welcome to %s!</title>\n", name)
	})
}
