// Command nc sends what it reads to an address and prints what comes back, with those of nc's options that Kubernetes' node
// tests use. Debian's busybox has an nc without -u.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	isDatagram := flag.Bool("u", false, "UDP")
	seconds := flag.Int("w", 0, "seconds for the connection, and for each answer")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "Usage: nc [-u] [-w SECONDS] HOST PORT")
		os.Exit(2)
	}
	network := "tcp"
	if *isDatagram {
		network = "udp"
	}
	address := net.JoinHostPort(flag.Arg(0), flag.Arg(1))
	if err := talk(network, address, time.Duration(*seconds)*time.Second, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "nc:", err)
		os.Exit(1)
	}
}

// talk ends when the other side does, or has said nothing for as long as wait; 0 is for ever.
func talk(network, address string, wait time.Duration, in io.Reader, out io.Writer) error {
	connection, err := net.DialTimeout(network, address, wait)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := io.Copy(connection, in); err != nil {
		return err
	}
	if stream, is := connection.(*net.TCPConn); is {
		if err := stream.CloseWrite(); err != nil {
			return err
		}
	}
	piece := make([]byte, 1<<16)
	for {
		if wait > 0 {
			if err := connection.SetReadDeadline(time.Now().Add(wait)); err != nil {
				return err
			}
		}
		count, err := connection.Read(piece)
		if _, err := out.Write(piece[:count]); err != nil {
			return err
		}
		// Of a datagram nothing tells the end but silence.
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
