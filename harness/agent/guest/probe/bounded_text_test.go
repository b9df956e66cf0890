package probe

import "testing"

func TestTextIsBoundedAndItsOddBytesStayVisible(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"plain é", "plain é"},
		{"bad\xff\xfe", `bad\xff\xfe`},
		{"0123456789abc", "0123456789…"},
	} {
		expectEqual(t, row.text, boundedText(row.text, 10), row.want)
	}
}
