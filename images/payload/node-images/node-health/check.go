package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

const checkTimeout = 2 * time.Second

const (
	minFreePercent  = 5
	minAvailableMiB = 32
)

// What is looked at, and what is wrong with it.
type check struct {
	name string
	run  func(context.Context) error
}

// The kubelet is not healthy either when its loop hangs because the container runtime does not answer.
func kubeletAnswers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, _ = io.CopyN(io.Discard, response.Body, 4096)
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, response.Status)
		}
		return nil
	}
}

func hasRoom(directory string) func(context.Context) error {
	return func(context.Context) error {
		var facts syscall.Statfs_t
		if err := syscall.Statfs(directory, &facts); err != nil {
			return fmt.Errorf("statfs %s: %w", directory, err)
		}
		if facts.Bavail*100 < facts.Blocks*minFreePercent {
			return fmt.Errorf("%d of %d blocks of %s are free, less than %d %%", facts.Bavail, facts.Blocks, directory, minFreePercent)
		}
		return nil
	}
}

func hasMemory(meminfo string) func(context.Context) error {
	return func(context.Context) error {
		file, err := os.Open(meminfo)
		if err != nil {
			return err
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			text, isLine := strings.CutPrefix(lines.Text(), "MemAvailable:")
			if !isLine {
				continue
			}
			var kib int64
			if _, err := fmt.Sscan(text, &kib); err != nil {
				return fmt.Errorf("%s: MemAvailable is %q", meminfo, text)
			}
			if kib < minAvailableMiB<<10 {
				return fmt.Errorf("%d KiB of memory are available, less than %d MiB", kib, minAvailableMiB)
			}
			return nil
		}
		return fmt.Errorf("%s has no line MemAvailable", meminfo)
	}
}
