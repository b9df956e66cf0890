package request

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const copyBytes = 256 << 10

type readParams struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
	Length *int64 `json:"length"`
}

func readFile(ctx context.Context, call *Call) (any, error) {
	var params readParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	file, closeFile, err := openFor(ctx, params.Path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer closeFile()
	if params.Offset != 0 {
		if _, err := file.Seek(params.Offset, io.SeekStart); err != nil {
			return nil, err
		}
	}
	var from io.Reader = file
	if params.Length != nil {
		from = io.LimitReader(file, *params.Length)
	}
	bytes, err := copyAll(ctx, output{call, streamOutput}, from)
	return map[string]any{"bytes": bytes}, err
}

type writeParams struct {
	Path   string  `json:"path"`
	Mode   *uint32 `json:"mode"`
	Offset *int64  `json:"offset"`
}

// writeFile replaces the content, or with an offset writes into what is there.
func writeFile(ctx context.Context, call *Call) (any, error) {
	var params writeParams
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	mode := uint32(0o644)
	if params.Mode != nil {
		mode = *params.Mode & 0o7777
	}
	flags := unix.O_WRONLY | unix.O_CREAT
	if params.Offset == nil {
		flags |= unix.O_TRUNC
	}
	file, closeFile, err := openFor(ctx, params.Path, flags, fs.FileMode(mode&0o777))
	if err != nil {
		return nil, err
	}
	defer closeFile()
	if params.Offset != nil {
		if _, err := file.Seek(*params.Offset, io.SeekStart); err != nil {
			return nil, err
		}
	}
	if params.Mode != nil {
		if err := unix.Fchmod(int(file.Fd()), mode); err != nil {
			return nil, &fs.PathError{Op: "chmod", Path: params.Path, Err: err}
		}
	}
	bytes, err := copyAll(ctx, file, call)
	return map[string]any{"bytes": bytes}, err
}

func hash(ctx context.Context, call *Call) (any, error) {
	var params struct {
		Path string `json:"path"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	file, closeFile, err := openFor(ctx, params.Path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer closeFile()
	digest := sha256.New()
	bytes, err := copyAll(ctx, digest, file)
	return map[string]any{"sha256": hex.EncodeToString(digest.Sum(nil)), "bytes": bytes}, err
}

func stat(_ context.Context, call *Call) (any, error) {
	var params struct {
		Path string `json:"path"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	info, err := os.Lstat(params.Path)
	if err != nil {
		return nil, err
	}
	return entryOf(params.Path, info), nil
}

// openFor opens a file that is closed when the request ends, which wakes a read of a pipe or a device.
func openFor(ctx context.Context, path string, flags int, mode fs.FileMode) (*os.File, func(), error) {
	file, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = file.Close() })
	return file, func() {
		stop()
		_ = file.Close()
	}, nil
}

func copyAll(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	var bytes int64
	var err error
	if out, isOutput := to.(output); isOutput {
		bytes, err = out.ReadFrom(from)
	} else {
		bytes, err = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, copyBytes))
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return bytes, err
}

type entry struct {
	Path       string  `json:"path"`
	Type       string  `json:"type"`
	Mode       uint32  `json:"mode"`
	UID        uint32  `json:"uid"`
	GID        uint32  `json:"gid"`
	Size       int64   `json:"size"`
	MtimeMs    float64 `json:"mtimeMs"`
	LinkTarget *string `json:"linkTarget,omitempty"`
}

func entryOf(path string, info fs.FileInfo) entry {
	e := entry{Path: path, Type: typeName(info.Mode()), Size: info.Size(), MtimeMs: float64(info.ModTime().UnixMicro()) / 1000}
	if raw, ok := info.Sys().(*syscall.Stat_t); ok {
		e.Mode, e.UID, e.GID = raw.Mode&0o7777, raw.Uid, raw.Gid
	}
	if e.Type == "symlink" {
		if target, err := os.Readlink(path); err == nil {
			e.LinkTarget = &target
		}
	}
	return e
}

func typeName(mode fs.FileMode) string {
	switch mode.Type() {
	case 0:
		return "file"
	case fs.ModeDir:
		return "directory"
	case fs.ModeSymlink:
		return "symlink"
	case fs.ModeNamedPipe:
		return "fifo"
	case fs.ModeSocket:
		return "socket"
	case fs.ModeDevice:
		return "block-device"
	case fs.ModeDevice | fs.ModeCharDevice:
		return "character-device"
	}
	return "unknown"
}

// makeDirectory makes a directory and those above it; one that is there is left as it is.
func makeDirectory(_ context.Context, call *Call) (any, error) {
	params := struct {
		Path string `json:"path"`
		Mode uint32 `json:"mode"`
	}{Mode: 0o755}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	return struct{}{}, os.MkdirAll(params.Path, fs.FileMode(params.Mode&0o777))
}

// remove takes away what is at a path, with all that is below it. That nothing is there is no error.
func remove(_ context.Context, call *Call) (any, error) {
	var params struct {
		Path string `json:"path"`
	}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	// A path that was put together wrongly must not be the whole system's.
	if strings.Count(filepath.Clean(params.Path), "/") < 2 || !filepath.IsAbs(params.Path) {
		return nil, invalid("path must be absolute and below a directory of the root, got %q", params.Path)
	}
	return struct{}{}, os.RemoveAll(params.Path)
}
