package main

import "testing"

func TestASwapHeaderNamesItsLastPage(t *testing.T) {
	page := swapHeader(64 << 20)
	if got := [4]byte(page[1028:1032]); got != [4]byte{0xff, 0x3f, 0, 0} {
		t.Errorf("last page %v", got)
	}
	if got := string(page[4086:]); got != "SWAPSPACE2" || len(page) != pageBytes {
		t.Errorf("it ends with %q after %d bytes", got, len(page))
	}
}
