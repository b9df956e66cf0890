package main

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestDatagram(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		piece := make([]byte, 100)
		count, from, err := server.ReadFrom(piece)
		if err == nil {
			_, _ = server.WriteTo([]byte("netserver-0 for "+string(piece[:count])), from)
		}
	}()
	var out strings.Builder
	err = talk("udp", server.LocalAddr().String(), 200*time.Millisecond, strings.NewReader("hostName\n"), &out)
	if err != nil || out.String() != "netserver-0 for hostName\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestStream(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		if connection, err := server.Accept(); err == nil {
			_, _ = connection.Write([]byte("hello"))
			connection.Close()
		}
	}()
	var out strings.Builder
	if err := talk("tcp", server.Addr().String(), 0, strings.NewReader(""), &out); err != nil || out.String() != "hello" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
