package request

import (
	"context"
	"os"
	"strconv"
	"strings"
)

type mountEntry struct {
	ID           int      `json:"id"`
	Parent       int      `json:"parent"`
	Device       string   `json:"device"`
	Root         string   `json:"root"`
	Path         string   `json:"path"`
	Options      []string `json:"options"`
	Propagation  []string `json:"propagation"`
	Filesystem   string   `json:"filesystem"`
	Source       string   `json:"source"`
	SuperOptions []string `json:"superOptions"`
}

// mounts gives both kinds of options: a read-only mount of a writable superblock can be made writable again.
func mounts(_ context.Context, _ *Call) (any, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parseMountinfo(string(text)), nil
}

// parseMountinfo reads proc_pid_mountinfo(5); a line that has another form is left out.
func parseMountinfo(text string) []mountEntry {
	entries := []mountEntry{}
	for line := range strings.Lines(text) {
		before, after, isFound := strings.Cut(line, " - ")
		head, tail := strings.Fields(before), strings.SplitN(strings.TrimSuffix(after, "\n"), " ", 3)
		if !isFound || len(head) < 6 || len(tail) < 3 {
			continue
		}
		id, _ := strconv.Atoi(head[0])
		parent, _ := strconv.Atoi(head[1])
		entries = append(entries, mountEntry{
			ID: id, Parent: parent, Device: head[2], Root: unescape(head[3]), Path: unescape(head[4]),
			Options: strings.Split(head[5], ","), Propagation: append([]string{}, head[6:]...),
			Filesystem: tail[0], Source: unescape(tail[1]), SuperOptions: strings.Split(unescape(tail[2]), ","),
		})
	}
	return entries
}

// unescape undoes the octal escapes of space, tab, newline and backslash.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
