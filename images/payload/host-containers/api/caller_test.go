package api

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestTheKernelSaysWhoIsAtTheOtherEnd(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	served, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	got, isKnown := callerIn(withCaller(context.Background(), served))
	want := caller{uint32(os.Getuid()), int32(os.Getpid()), self}
	if !isKnown || got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestNobodyIsNamedOnAnotherKindOfConnection(t *testing.T) {
	one, other := net.Pipe()
	defer one.Close()
	defer other.Close()
	if got, isKnown := callerIn(withCaller(context.Background(), one)); isKnown {
		t.Errorf("got %+v", got)
	}
}
