package probe

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// makeSysfs writes a tree like the kernel's: dev/block/M:m links into devices/.
func makeSysfs(t *testing.T, files map[string]string, links map[string]string) sysfs {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(content+"\n"), 0o644))
	}
	for name, target := range links {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.Symlink(filepath.Join(root, target), path))
	}
	return sysfs(root)
}

func TestTheChainGoesFromAMappedDeviceOverItsPartitionToTheDisk(t *testing.T) {
	system := makeSysfs(t, map[string]string{
		"devices/virtual/block/dm-0/dev":           "254:0",
		"devices/virtual/block/dm-0/uevent":        "MAJOR=254\nDEVNAME=dm-0",
		"devices/virtual/block/dm-0/ro":            "1",
		"devices/virtual/block/dm-0/dm/name":       "root",
		"devices/virtio1/block/vda/dev":            "253:0",
		"devices/virtio1/block/vda/uevent":         "DEVNAME=vda",
		"devices/virtio1/block/vda/serial":         "system",
		"devices/virtio1/block/vda/ro":             "1",
		"devices/virtio1/block/vda/vda2/dev":       "253:2",
		"devices/virtio1/block/vda/vda2/ro":        "1",
		"devices/virtio1/block/vda/vda2/uevent":    "DEVNAME=vda2\nPARTNAME=root-a",
		"devices/virtio1/block/vda/vda2/partition": "2",
	}, map[string]string{
		"dev/block/254:0":                        "devices/virtual/block/dm-0",
		"dev/block/253:0":                        "devices/virtio1/block/vda",
		"dev/block/253:2":                        "devices/virtio1/block/vda/vda2",
		"devices/virtual/block/dm-0/slaves/vda2": "devices/virtio1/block/vda/vda2",
	})
	got, err := system.chain("254:0")
	must(t, err)
	want := []blockDevice{
		{Node: "/dev/dm-0", MajorMinor: "254:0", Role: roleNamed, ReadOnlyFlag: true, DMName: "root"},
		{Node: "/dev/vda2", MajorMinor: "253:2", Role: roleUnderlying, Serial: "system", PartitionLabel: "root-a", ReadOnlyFlag: true},
		{Node: "/dev/vda", MajorMinor: "253:0", Role: roleWholeDisk, Serial: "system", ReadOnlyFlag: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestAChainOfDevicesThatPointAtEachOtherEnds(t *testing.T) {
	system := makeSysfs(t, map[string]string{
		"devices/a/dev": "9:0", "devices/b/dev": "9:1",
	}, map[string]string{
		"dev/block/9:0": "devices/a", "dev/block/9:1": "devices/b",
		"devices/a/slaves/b": "devices/b", "devices/b/slaves/a": "devices/a",
	})
	got, err := system.chain("9:0")
	must(t, err)
	expectEqual(t, "devices", len(got), 2)
}
