package probe

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"
)

type unameInput struct{}

type unameOutput struct {
	Sysname string `json:"sysname"`
	Release string `json:"release"`
	Version string `json:"version"`
	// Machine is what programs are told; a service with a Personality= setting is told something else.
	Machine string `json:"machine"`
}

func runUname(_ context.Context, _ unameInput) (unameOutput, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return unameOutput{}, fmt.Errorf("uname: %w", err)
	}
	text := func(field [65]byte) string { return boundedText(unix.ByteSliceToString(field[:]), 65) }
	return unameOutput{text(name.Sysname), text(name.Release), text(name.Version), text(name.Machine)}, nil
}
