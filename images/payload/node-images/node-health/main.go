// Command node-health answers whether this node can run containers: GET /healthz on a unix socket gives 200 or 503, and
// what was seen as JSON. It opens no network port and starts nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Longer than all checks together may take.
const answerTimeout = 10 * time.Second

func main() {
	log.SetFlags(0)
	socket := flag.String("socket", "/run/node-health/health.sock", "where to answer")
	kubelet := flag.String("kubelet", "http://127.0.0.1:10248/healthz", "the kubelet's health")
	state := flag.String("state", "/state", "a directory on the file system that holds the node's state")
	flag.Parse()
	checks := []check{
		{"kubelet", kubeletAnswers(*kubelet)},
		{"state", hasRoom(*state)},
		{"memory", hasMemory("/proc/meminfo")},
	}
	if err := serve(*socket, answer(checks)); err != nil {
		log.Fatal(err)
	}
}

func serve(socket string, handler http.Handler) error {
	// Of a container that was killed.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", handler)
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: answerTimeout,
		WriteTimeout:      2 * answerTimeout,
		MaxHeaderBytes:    4096,
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	log.Printf("answering on %s", socket)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
