package probe

import (
	"bytes"
	"encoding/binary"
)

// payloadExitCode proves that it was our program that ran.
const payloadExitCode = 42

// elfPayload is the smallest useful x86-64 program: ELF header, one program header, exit(42). It needs no loader, no
// libc and no shell, so that a refused execve is the mount's doing and nobody else's.
func elfPayload() []byte {
	const base, headerBytes, programHeaderBytes = 0x400000, 64, 56
	code := []byte{
		0xbf, payloadExitCode, 0, 0, 0, // mov edi, 42
		0xb8, 60, 0, 0, 0, // mov eax, 60 (exit)
		0x0f, 0x05, // syscall
	}
	const codeOffset = headerBytes + programHeaderBytes
	total := uint64(codeOffset + len(code))
	var out bytes.Buffer
	put := func(values ...any) {
		for _, value := range values {
			_ = binary.Write(&out, binary.LittleEndian, value) // a bytes.Buffer takes everything
		}
	}
	put([16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1})
	put(uint16(2), uint16(62), uint32(1))                            // ET_EXEC, EM_X86_64, version
	put(uint64(base+codeOffset), uint64(headerBytes), uint64(0))     // entry, program headers, sections
	put(uint32(0), uint16(headerBytes), uint16(programHeaderBytes))  // flags, sizes
	put(uint16(1), uint16(0), uint16(0), uint16(0))                  // one program header, no sections
	put(uint32(1), uint32(5), uint64(0), uint64(base), uint64(base)) // PT_LOAD, r-x, from offset 0
	put(total, total, uint64(0x1000))                                // size in file and memory, alignment
	out.Write(code)
	return out.Bytes()
}
