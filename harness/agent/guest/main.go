// The guest agent: it answers the host over one byte stream. As PID 1 it is the init of the probe image as well.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"bootwright/agent/counted"
	"bootwright/agent/link"
	"bootwright/agent/pid1"
	"bootwright/agent/request"
	"bootwright/agent/sysmon"
	"bootwright/agent/transport"
)

var version = "unknown" // set by the linker

const openAgain = 200 * time.Millisecond

func main() {
	port := flag.String("port", "/dev/virtio-ports/bootwright.agent.0", "device to serve")
	framing := flag.String("framing", "binary", "binary for a virtio port, line for a UART")
	listen := flag.String("listen", "", "unix:PATH to serve a socket, for tests")
	showVersion := flag.Bool("version", false, "print the version and exit")
	if os.Getpid() != 1 { // words of the kernel's command line that it does not know become arguments of init
		flag.Parse()
	}
	if *showVersion {
		fmt.Println(version)
		return
	}
	counted.Mark()
	if os.Getpid() == 1 {
		arguments := pid1.Start()
		if value := arguments["port"]; value != "" {
			*port = value
		}
		if value := arguments["framing"]; value != "" {
			*framing = value
		}
		pid1.Behave(arguments["probe"], *port, *framing == "line")
	}
	_ = sysmon.Rest() // without the right to it all is well, only slower
	traits, err := traitsOf(*framing)
	if err == nil {
		err = serve(traits, open(*listen, *port, *framing == "line"))
	}
	if os.Getpid() == 1 {
		pid1.Say(fmt.Sprintf("bootwright: %v\n", err))
		select {} // the end of PID 1 would be a panic of the kernel
	}
	fmt.Fprintln(os.Stderr, "bootwright agent:", err)
	os.Exit(1)
}

func traitsOf(framing string) (link.Traits, error) {
	switch framing {
	case "binary":
		return link.Binary, nil
	case "line":
		return link.Line, nil
	}
	return link.Traits{}, fmt.Errorf("-framing is %q; expected binary or line", framing)
}

// open gives a function that tries once more each time it is called.
func open(listen, port string, isTTY bool) func() (transport.Source, error) {
	if path, isUnix := strings.CutPrefix(listen, "unix:"); isUnix {
		go endWithStdin()
		return func() (transport.Source, error) {
			source, err := transport.Listen(path)
			fmt.Println("listening") // the file is there before connections are taken
			return source, err
		}
	}
	return func() (transport.Source, error) { return transport.Open(port, isTTY) }
}

// endWithStdin keeps a test that died from leaving its agent behind.
func endWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// serve goes on for ever: the port may come late, and hosts come and go.
func serve(traits link.Traits, openSource func() (transport.Source, error)) error {
	endpoint := link.New(traits, identity(), request.NewServer)
	source, err := openSource()
	for since := time.Now(); err != nil; source, err = openSource() {
		if time.Since(since) > 2*time.Minute {
			return err
		}
		time.Sleep(openAgain)
	}
	for {
		stream, err := source.Next()
		if err != nil {
			return err
		}
		_ = endpoint.Serve(stream) // a host that goes away is no error
	}
}

func identity() link.Identity {
	bootID, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	var name unix.Utsname
	_ = unix.Uname(&name)
	return link.Identity{
		BootID:        strings.TrimSpace(string(bootID)),
		AgentVersion:  version,
		KernelRelease: unix.ByteSliceToString(name.Release[:]),
		PID:           os.Getpid(),
		Clock:         func() any { return request.SampleClock() },
	}
}
