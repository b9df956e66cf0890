package main

import (
	"encoding/json"
	"reflect"
	"testing"
)

const config = `{
	"process": {"args": ["server", "-s", "-p", "22"], "capabilities": {"effective": ["CAP_MKNOD"]}},
	"mounts": [
		{"destination": "/etc/hosts", "options": ["bind", "rw"]},
		{"destination": "/host", "options": ["bind", "ro"]},
		{"destination": "/host/usr", "options": ["ro"]},
		{"destination": "/hostile", "options": ["ro"]}
	],
	"linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}], "maskedPaths": ["/proc/acpi"], "readonlyPaths": ["/proc/bus"]}
}`

func TestAChangeIsMadeToThatPartAndNoOther(t *testing.T) {
	for name, test := range map[string]struct{ change, want string }{
		"none": {`{}`, config},
		"mounts": {
			`{"dropMounts": ["/etc/hosts", "/host"], "addMounts": [{"destination": "/all"}]}`,
			`{
				"process": {"args": ["server", "-s", "-p", "22"], "capabilities": {"effective": ["CAP_MKNOD"]}},
				"mounts": [{"destination": "/hostile", "options": ["ro"]}, {"destination": "/all"}],
				"linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}], "maskedPaths": ["/proc/acpi"], "readonlyPaths": ["/proc/bus"]}
			}`,
		},
		"the namespace of mounts": {
			`{"dropMounts": ["/etc/hosts", "/host", "/hostile"], "dropNamespaces": ["mount"]}`,
			`{
				"process": {"args": ["server", "-s", "-p", "22"], "capabilities": {"effective": ["CAP_MKNOD"]}},
				"mounts": [],
				"linux": {"namespaces": [{"type": "pid"}]}
			}`,
		},
		"the rest": {
			`{
				"makeWritable": "/host", "dropNamespaces": ["pid"], "addNamespaces": ["network"], "dropCapabilities": true,
				"dropArgs": ["-s"], "addArgs": ["-B"]
			}`,
			`{
				"process": {"args": ["server", "-p", "22", "-B"], "capabilities": {}},
				"mounts": [
					{"destination": "/etc/hosts", "options": ["bind", "rw"]},
					{"destination": "/host", "options": ["bind", "rw"]},
					{"destination": "/host/usr", "options": ["rw"]},
					{"destination": "/hostile", "options": ["ro"]}
				],
				"linux": {
					"namespaces": [{"type": "mount"}, {"type": "network"}],
					"maskedPaths": ["/proc/acpi"], "readonlyPaths": ["/proc/bus"]
				}
			}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := parsed(t, config)
			var change change
			if err := json.Unmarshal([]byte(test.change), &change); err != nil {
				t.Fatal(err)
			}
			change.applyTo(got)
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := parsed(t, string(text)), parsed(t, test.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func parsed(t *testing.T, text string) object {
	t.Helper()
	var value object
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
