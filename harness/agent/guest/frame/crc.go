package frame

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

// QEMU's emulator computes the CPU's CRC-32C instruction bit by bit (target/i386/tcg, helper_crc32): a table is
// quicker there, and only there. So both are tried once.
var checksum = quicker(hardware, slicing)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	tables     = slicingTables()
)

func hardware(crc uint32, bytes []byte) uint32 { return crc32.Update(crc, castagnoli, bytes) }

func slicingTables() (t [8][256]uint32) {
	t[0] = *castagnoli
	for i := range t[0] {
		for k := 1; k < 8; k++ {
			t[k][i] = t[0][byte(t[k-1][i])] ^ t[k-1][i]>>8
		}
	}
	return t
}

// slicing takes eight bytes a step (M. Kounavis, F. Berry: A Systematic Approach to Building High Performance
// Software-Based CRC Generators, 2005).
func slicing(crc uint32, bytes []byte) uint32 {
	crc = ^crc
	for len(bytes) >= 8 {
		low := crc ^ binary.LittleEndian.Uint32(bytes)
		high := binary.LittleEndian.Uint32(bytes[4:])
		crc = tables[7][byte(low)] ^ tables[6][byte(low>>8)] ^ tables[5][byte(low>>16)] ^ tables[4][low>>24] ^
			tables[3][byte(high)] ^ tables[2][byte(high>>8)] ^ tables[1][byte(high>>16)] ^ tables[0][high>>24]
		bytes = bytes[8:]
	}
	for _, b := range bytes {
		crc = tables[0][byte(crc)^b] ^ crc>>8
	}
	return ^crc
}

func quicker(a, b func(uint32, []byte) uint32) func(uint32, []byte) uint32 {
	sample := make([]byte, 16<<10)
	best := func(f func(uint32, []byte) uint32) time.Duration {
		shortest := time.Hour
		for range 3 {
			start := time.Now()
			f(0, sample)
			shortest = min(shortest, time.Since(start))
		}
		return shortest
	}
	if best(b) < best(a) {
		return b
	}
	return a
}
