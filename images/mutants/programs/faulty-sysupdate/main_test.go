package main

import "testing"

func TestSlotOfTheReleaseThatRuns(t *testing.T) {
	slot, err := slotIn("ro panic=-1 systemd.verity_root_data=PARTLABEL=root_2 systemd.verity_root_hash=PARTLABEL=verity_2\n")
	if err != nil || slot != "/dev/disk/by-partlabel/root_2" {
		t.Errorf("got %q, %v", slot, err)
	}
	if slot, err := slotIn("root=LABEL=root ro\n"); err == nil {
		t.Errorf("got %q of a command line that names no slot", slot)
	}
}

func TestPlaceIsOnlyToldOfAFileWithBlocks(t *testing.T) {
	if offset, err := placeOf("/proc/cmdline"); err == nil {
		t.Errorf("got %d of a file that is on no device", offset)
	}
}
