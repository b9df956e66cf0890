import { expect, test } from "vitest";
import { argumentsLine, bootEntry, requireVersion } from "./boot-entry.ts";

const rootHash = "ab".repeat(32);

test("an entry names kernel, initrd, the slots by label, and the root hash", () => {
  const line = argumentsLine(["ro", "panic=-1"]);
  expect(bootEntry({ version: "2", rootHash, arguments: line }).split("\n")).toEqual([
    "title Debian 13 container node",
    "version 2",
    "sort-key node",
    "linux /os/vmlinuz_2",
    "initrd /os/initrd_2",
    `options ro panic=-1 roothash=${rootHash} systemd.verity_root_data=PARTLABEL=root_2 systemd.verity_root_hash=PARTLABEL=verity_2 systemd.verity_root_options=panic-on-corruption`,
    "",
  ]);
});

test("a faulty release may state a root hash of its own", () => {
  const line = "\noptions roothash=00 ro \n";
  expect(bootEntry({ version: "2", rootHash, arguments: line })).toContain(
    "\noptions roothash=00 ro systemd.verity_root_data=",
  );
});

test.each(["", "v2", "2_3", "2+1", `2${"0".repeat(16)}`])("%j is no version", (version) => {
  expect(() => requireVersion(version)).toThrow("The version of a release with two slots");
});
