package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// wait says that it has started, and ends some time after it was told to.
func wait(arguments []string) error {
	flags := flag.NewFlagSet("wait", flag.ExitOnError)
	endAfter := flags.Duration("end-after", 0, "how long it goes on after SIGTERM")
	report := flags.String("report", "", "file to which it also says so, with the seconds since the kernel was started")
	_ = flags.Parse(arguments)
	told := endSignal()
	say := func(what string) error {
		fmt.Println(what)
		return reportTo(*report, what)
	}
	if err := say("started"); err != nil {
		return err
	}
	<-told
	if err := say("told to end"); err != nil {
		return err
	}
	time.Sleep(*endAfter)
	return say("terminated")
}

func reportTo(path, what string) error {
	if path == "" {
		return nil
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	seconds, _, _ := strings.Cut(string(uptime), " ")
	_, err = fmt.Fprintf(file, "%s %s\n", seconds, what)
	return errors.Join(err, file.Sync(), file.Close())
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
