// Command careless-migration writes files anew as programs do that bring them to the format of a new release: emptied, then
// filled. What it writes is what was there, so that only a power cut in between shows it.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

func main() {
	for _, path := range os.Args[1:] {
		// A node that is new has none of them yet.
		if err := rewrite(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "careless-migration:", err)
			os.Exit(1)
		}
	}
}

// rewrite makes both states durable, which the kernel would do at a time of its own.
func rewrite(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}
