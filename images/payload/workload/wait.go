package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// wait says that it has started, and ends some time after it was told to.
func wait(arguments []string) error {
	flags := flag.NewFlagSet("wait", flag.ExitOnError)
	endAfter := flags.Duration("end-after", 0, "how long it goes on after SIGTERM")
	_ = flags.Parse(arguments)
	told := endSignal()
	fmt.Println("started")
	<-told
	fmt.Println("told to end")
	time.Sleep(*endAfter)
	fmt.Println("terminated")
	return nil
}

// endSignal gets SIGTERM or SIGINT, which the first process of a container does not get unless it asks for them.
func endSignal() <-chan os.Signal {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	if os.Getpid() == 1 {
		go reapOrphans()
	}
	return told
}

func reapOrphans() {
	ended := make(chan os.Signal, 16)
	signal.Notify(ended, syscall.SIGCHLD)
	for range ended {
		reap()
	}
}

// reap takes in all that have ended: one SIGCHLD may stand for several children.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err != syscall.EINTR && (err != nil || pid <= 0) {
			return
		}
	}
}
