import { expect, test } from "vitest";
import { listedIn } from "./ab.ts";

const hash = "a".repeat(64);

test("entries with a root hash are listed, by what the loader selected and would select", () => {
  const list = [
    { id: "os-2.conf", options: `ro node.roothash=${hash} x=1`, isSelected: true, isDefault: true },
    { id: "auto-reboot-to-firmware-setup" },
  ];
  expect(listedIn(JSON.stringify(list))).toEqual([
    { id: "os-2.conf", identity: hash, isBooted: true, isNext: true },
  ]);
});

test("anything but a JSON array of entries is the updater's fault", () => {
  expect(() => listedIn("Failed to open EFI directory")).toThrowErrorMatchingInlineSnapshot(
    `[GuestError: Expected a JSON array of boot entries from /usr/bin/bootctl, but it printed something else]`,
  );
});
