// Command careful-updater puts a second release of a file in the place of the first, in one right way and several wrong
// ones, among other writes to the same file system. What it must not lose is what Linux promises: open(2), fsync(2), rename(2).
//
// Usage: careful-updater WAY DIRECTORY
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

const (
	newBytes  = 96 * 1024
	noiseSize = 12 * 1024
)

// ways end when the update is done as far as they know.
var ways = map[string]func(directory string) error{
	"correct": func(directory string) error {
		return inOrder(
			func() error { return writeFile(temporary(directory), true) },
			func() error { return noise(directory, "while", 2, true) },
			func() error { return os.Rename(temporary(directory), target(directory)) },
			func() error { return sync(directory) },
		)
	},
	"no-file-fsync": func(directory string) error {
		return inOrder(
			func() error { return writeFile(temporary(directory), false) },
			func() error { return os.Rename(temporary(directory), target(directory)) },
			func() error { return sync(directory) },
		)
	},
	"no-directory-fsync": func(directory string) error {
		return inOrder(
			func() error { return writeFile(temporary(directory), true) },
			func() error { return os.Rename(temporary(directory), target(directory)) },
		)
	},
	"in-place": func(directory string) error {
		return inOrder(
			func() error { return overwrite(target(directory)) },
			func() error { return sync(target(directory)) },
		)
	},
	"rename-before-fsync": func(directory string) error {
		return inOrder(
			func() error { return writeFile(temporary(directory), false) },
			func() error { return os.Rename(temporary(directory), target(directory)) },
			// Somebody else's fsync has the journal committed, with the new name and no content yet.
			func() error { return noise(directory, "while", 1, true) },
			func() error { return sync(target(directory)) },
			func() error { return sync(directory) },
		)
	},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "careful-updater:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("expected a way and a directory, got %q", arguments)
	}
	way, isKnown := ways[arguments[0]]
	if !isKnown {
		return fmt.Errorf("no way is named %q", arguments[0])
	}
	directory := arguments[1]
	return inOrder(
		func() error { return noise(directory, "before", 6, false) },
		func() error { return way(directory) },
		func() error { return noise(directory, "after", 4, false) },
	)
}

func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func target(directory string) string    { return filepath.Join(directory, "config") }
func temporary(directory string) string { return filepath.Join(directory, ".config.new") }

// release is what the file holds: lines that tell where they stand, so that none is like another.
func release(name string, size int) []byte {
	var content bytes.Buffer
	for line := 0; content.Len() < size; line++ {
		fmt.Fprintf(&content, "%s line %06d of the configuration\n", name, line)
	}
	return content.Bytes()[:size]
}

func writeFile(path string, isSynced bool) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(release("v2", newBytes)); err != nil {
		return err
	}
	if isSynced {
		return file.Sync()
	}
	return nil
}

func overwrite(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(release("v2", newBytes))
	return err
}

func sync(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}

// noise writes files that nobody cares for.
func noise(directory, name string, count int, isSynced bool) error {
	for index := range count {
		path := filepath.Join(directory, fmt.Sprintf("noise-%s-%d", name, index))
		if err := os.WriteFile(path, release(name, noiseSize), 0o644); err != nil {
			return err
		}
		if !isSynced {
			continue
		}
		if err := sync(path); err != nil {
			return err
		}
	}
	return nil
}
