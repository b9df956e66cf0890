import { expect, test } from "vitest";
import type { Disk } from "../machine-spec.ts";
import { diskOptions } from "./disk.ts";

const disk: Disk = {
  id: "system",
  serial: "system",
  path: "/run/x/system.qcow2",
  format: "qcow2",
  readOnly: false,
};
const nodeOf = (changes: Partial<Disk>): unknown =>
  JSON.parse(diskOptions({ ...disk, ...changes })[1] ?? "");

const overlay = {
  driver: "qcow2",
  "read-only": false,
  discard: "unmap",
  cache: { "no-flush": true },
  file: {
    driver: "file",
    filename: "/run/x/system.qcow2",
    "read-only": false,
    discard: "unmap",
  },
  backing: null,
};

test("a recorded disk has a filter before it that sees flushes and discards", () => {
  expect(nodeOf({ writeLogPath: "/run/x/system.writes" })).toEqual({
    driver: "blklogwrites",
    "node-name": "disk-system",
    discard: "unmap",
    file: overlay,
    log: { driver: "file", filename: "/run/x/system.writes", cache: { "no-flush": true } },
  });
});

test("a faulty disk does as many writes as it is told, then none", () => {
  expect(nodeOf({ discard: true, writeFault: { afterWrites: 2, error: "no-space" } })).toEqual({
    driver: "blkdebug",
    "node-name": "disk-system",
    image: overlay,
    "set-state": [
      { event: "pwritev_done", state: 1, new_state: 2 },
      { event: "pwritev_done", state: 2, new_state: 3 },
    ],
    "inject-error": [{ event: "pwritev", iotype: "write", state: 3, errno: 28, once: false }],
  });
});

test("a disk that does no write at all has no list of states: QEMU refuses an empty one", () => {
  expect(nodeOf({ discard: true, writeFault: { afterWrites: 0, error: "io" } })).toEqual({
    driver: "blkdebug",
    "node-name": "disk-system",
    image: overlay,
    "inject-error": [{ event: "pwritev", iotype: "write", state: 1, errno: 5, once: false }],
  });
});
