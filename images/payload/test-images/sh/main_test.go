package main

import "testing"

func TestShellFor(t *testing.T) {
	for _, one := range []struct {
		environment []string
		want        string
	}{
		{nil, ash},
		{[]string{"PATH=/bin", "_A1="}, ash},
		{[]string{"PATH=/bin", "data-1=value"}, bash},
		{[]string{"1A=b"}, bash},
	} {
		if got := shellFor(one.environment); got != one.want {
			t.Errorf("%q: got %s, want %s", one.environment, got, one.want)
		}
	}
}
