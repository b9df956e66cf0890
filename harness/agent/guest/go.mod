module bootwright/agent

go 1.24

require (
	github.com/godbus/dbus/v5 v5.1.0
	golang.org/x/sys v0.30.0
)

require github.com/cespare/xxhash/v2 v2.3.0
