package probe

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const maxPathBytes = 4096

// boundedText cuts text at maxBytes and writes bytes that are not UTF-8 as \xNN, so that JSON keeps them apart
// (encoding/json would turn every such byte into the same replacement character).
func boundedText(text string, maxBytes int) string {
	cut := false
	if len(text) > maxBytes {
		text, cut = text[:maxBytes], true
	}
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&out, `\x%02x`, text[0])
		} else {
			out.WriteString(text[:size])
		}
		text = text[size:]
	}
	if cut {
		out.WriteString("…")
	}
	return out.String()
}

func boundedPath(path string) string { return boundedText(path, maxPathBytes) }

func checkAbsolute(field, path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("%s must be an absolute path, got %q", field, boundedText(path, 200))
	case len(path) >= maxPathBytes:
		return fmt.Errorf("%s is %d bytes long; a path has at most %d", field, len(path), maxPathBytes-1)
	case strings.ContainsRune(path, 0):
		return fmt.Errorf("%s contains a NUL byte", field)
	}
	return nil
}
