package request

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
)

type walkParams struct {
	Path           string `json:"path"`
	MaxEntries     int    `json:"maxEntries"`
	SameFilesystem bool   `json:"sameFilesystem"`
	// MaxDepth: 1 lists a directory and no more; 0 is no limit.
	MaxDepth int `json:"maxDepth"`
}

type walkResult struct {
	Entries     int  `json:"entries"`
	IsTruncated bool `json:"isTruncated"`
	// Unreadable counts directories and entries that could not be looked at.
	Unreadable int `json:"unreadable"`
}

const walkBatchBytes = 32 << 10

// walk sends one JSON line per entry, sorted within each directory, and never follows a symbolic link.
func walk(ctx context.Context, call *Call) (any, error) {
	var params walkParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	w := walker{out: output{call, streamOutput}, params: params}
	err := filepath.WalkDir(params.Path, func(path string, item fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return w.visit(path, item, err)
	})
	if err == nil {
		_, err = w.out.Write(w.batch.Bytes())
	}
	return w.result, err
}

type walker struct {
	out    output
	params walkParams
	device uint64
	batch  bytes.Buffer
	result walkResult
}

func (w *walker) visit(path string, item fs.DirEntry, err error) error {
	if item == nil {
		return err // the root itself
	}
	if err != nil {
		w.result.Unreadable++
		return nil
	}
	info, err := item.Info()
	if err != nil {
		w.result.Unreadable++
		return nil
	}
	if w.result.Entries >= w.params.MaxEntries && w.params.MaxEntries > 0 {
		w.result.IsTruncated = true
		return fs.SkipAll
	}
	if err := w.emit(entryOf(path, info)); err != nil {
		return err
	}
	if raw, ok := info.Sys().(*syscall.Stat_t); ok && item.IsDir() && w.params.SameFilesystem {
		if path == w.params.Path {
			w.device = raw.Dev
		} else if raw.Dev != w.device {
			return fs.SkipDir
		}
	}
	if item.IsDir() && w.params.MaxDepth > 0 && depthBelow(w.params.Path, path) >= w.params.MaxDepth {
		return fs.SkipDir
	}
	return nil
}

func depthBelow(root, path string) int {
	if path == root {
		return 0
	}
	return strings.Count(strings.TrimPrefix(path, strings.TrimSuffix(root, "/")), "/")
}

func (w *walker) emit(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	w.result.Entries++
	w.batch.Write(line)
	w.batch.WriteByte('\n')
	if w.batch.Len() < walkBatchBytes {
		return nil
	}
	_, err = w.out.Write(w.batch.Bytes())
	w.batch.Reset()
	return err
}
