// Command workload is what runs in the containers that suites start: one program, so that one small image does for all of
// them. Each subcommand does one thing that can be seen from outside. As the first process of a container it takes in orphans.
package main

import (
	"fmt"
	"os"
)

type subcommand struct {
	usage string
	run   func(arguments []string) error
}

var subcommands = map[string]subcommand{
	"absent": {"PATH...", absent},
	"cat":    {"PATH...", cat},
	"eat":    {"MIB", eat},
	"exit":   {"CODE", exit},
	"print":  {"TEXT...", printText},
	"serve":  {"ADDRESS", serve},
	"spawn":  {"COUNT", spawn},
	"status": {"", printStatus},
	"wait":   {"[-end-after DURATION] [-report PATH]", wait},
	"write":  {"PATH TEXT", write},
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	chosen, isKnown := subcommands[os.Args[1]]
	if !isKnown {
		usage()
	}
	if err := chosen.run(os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "workload %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func usage() {
	for name, each := range subcommands {
		fmt.Fprintf(os.Stderr, "usage: workload %s %s\n", name, each.usage)
	}
	os.Exit(2)
}
