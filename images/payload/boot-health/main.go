// Command boot-health waits until this node is healthy: the kubelet says so, and containerd answers. systemd starts it in a
// boot that is counted, and limits its time; what was missing last is its last word.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	checkTimeout = 5 * time.Second
	// Nothing tells when either becomes healthy, so they are asked.
	askEvery = 500 * time.Millisecond
)

func main() {
	log.SetFlags(0)
	kubelet := flag.String("kubelet", "http://127.0.0.1:10248/healthz", "the kubelet's health")
	containerd := flag.String("containerd", "/run/containerd/containerd.sock", "containerd's socket")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	started := time.Now()
	if err := waitUntilHealthy(ctx, *kubelet, *containerd); err != nil {
		log.Printf("this boot is not healthy after %s: %v", time.Since(started).Round(time.Second), err)
		os.Exit(1)
	}
	log.Printf("containerd and kubelet are healthy after %s", time.Since(started).Round(time.Second))
}

// The error is what was missing before ctx ended: that it ended is what is missing then.
func waitUntilHealthy(ctx context.Context, kubelet, containerd string) error {
	var missing error
	for {
		found := errors.Join(containerdAnswers(ctx, containerd), kubeletIsHealthy(ctx, kubelet))
		if found == nil {
			return nil
		}
		if missing == nil || ctx.Err() == nil {
			missing = found
		}
		select {
		case <-ctx.Done():
			return missing
		case <-time.After(askEvery):
		}
	}
}
