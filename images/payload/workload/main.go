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
	"get":    {"URL", get},
	"print":  {"TEXT...", printText},
	"serve":  {"ADDRESS", serve},
	"spawn":  {"COUNT", spawn},
	"status": {"", printStatus},
	"try":    {"CALL...", try},
	"wait":   {"[-end-after DURATION] [-report PATH]", wait},
	"watch":  {"SUBCOMMAND...", watch},
	"write":  {"PATH TEXT", write},
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 0 {
		// As in the sandbox of a pod: a runtime starts that with what the image says.
		arguments = []string{"wait"}
	}
	chosen, isKnown := subcommands[arguments[0]]
	if !isKnown {
		usage()
	}
	if err := chosen.run(arguments[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "workload %s: %v\n", arguments[0], err)
		os.Exit(1)
	}
}

func usage() {
	for name, each := range subcommands {
		fmt.Fprintf(os.Stderr, "usage: workload %s %s\n", name, each.usage)
	}
	os.Exit(2)
}
