package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

type blobState string

const (
	good       blobState = "good"
	missing    blobState = "missing"
	wrongSize  blobState = "wrong-size"
	wrongBytes blobState = "wrong-bytes"
	unreadable blobState = "unreadable"
)

// One blob that an image needs, and what is in the store under its digest.
type blob struct {
	Digest    string    `json:"digest"`
	MediaType string    `json:"mediaType"`
	SizeBytes int64     `json:"sizeBytes"`
	State     blobState `json:"state"`
	Detail    string    `json:"detail,omitempty"`
}

// How much of a blob is kept in memory, to be parsed.
const maxParsedBytes = 4 << 20

// Reads the blob's file to its end; gives back its bytes when they are right and it is to be parsed.
func (b *blob) examine(root string, isParsed bool) []byte {
	name, isSha256 := strings.CutPrefix(b.Digest, "sha256:")
	if raw, err := hex.DecodeString(name); !isSha256 || err != nil || len(raw) != sha256.Size || strings.ToLower(name) != name {
		b.is(unreadable, "not a sha256 digest")
		return nil
	}
	// Neither a link, nor a pipe that nobody writes to.
	file, err := os.OpenFile(filepath.Join(root, "blobs", "sha256", name), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if os.IsNotExist(err) {
		b.is(missing, "")
		return nil
	}
	if err != nil {
		b.is(unreadable, err.Error())
		return nil
	}
	defer file.Close()
	facts, err := file.Stat()
	if err != nil || !facts.Mode().IsRegular() {
		b.is(unreadable, "not a regular file")
		return nil
	}
	if facts.Size() != b.SizeBytes {
		b.is(wrongSize, fmt.Sprintf("%d bytes", facts.Size()))
		return nil
	}
	return b.compare(file, name, isParsed)
}

func (b *blob) compare(file io.Reader, name string, isParsed bool) []byte {
	hash := sha256.New()
	text := &strings.Builder{}
	writers := io.Writer(hash)
	if isParsed {
		if b.SizeBytes > maxParsedBytes {
			b.is(unreadable, fmt.Sprintf("larger than %d bytes", maxParsedBytes))
			return nil
		}
		writers = io.MultiWriter(hash, text)
	}
	if _, err := io.Copy(writers, io.LimitReader(file, b.SizeBytes)); err != nil {
		b.is(unreadable, err.Error())
		return nil
	}
	if seen := hex.EncodeToString(hash.Sum(nil)); seen != name {
		b.is(wrongBytes, "sha256:"+seen)
		return nil
	}
	b.is(good, "")
	return []byte(text.String())
}

func (b *blob) is(state blobState, detail string) { b.State, b.Detail = state, detail }
