// Command many-threads holds thirty threads of the kernel's, which wait for what never comes and take next to no memory.
package main

import "syscall"

const threads = 30

func main() {
	for range threads {
		// A call that blocks keeps its thread.
		go block()
	}
	block()
}

// block reads from a pipe into which nobody writes.
func block() {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	_, _ = syscall.Read(ends[0], make([]byte, 1))
}
