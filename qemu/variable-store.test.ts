import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tempDir } from "../harness/core/tmp.ts";
import {
  enrolledKeys,
  type StoredVariable,
  variableStoreBytes,
  vendorGuids,
} from "./testing/variable-store-bytes.ts";
import { readVariableStore, type VariableStore } from "./variable-store.ts";

const read = async (bytes: Uint8Array): Promise<VariableStore | undefined> => {
  await using dir = await tempDir();
  const path = join(dir.path, "vars.fd");
  writeFileSync(path, bytes);
  return readVariableStore(path);
};

const enable = (value: number, state?: number): StoredVariable => ({
  name: "SecureBootEnable",
  vendor: vendorGuids.secureBootEnable,
  data: Buffer.of(value),
  ...(state === undefined ? {} : { state }),
});
const trusts = ["Test release key", "1 plain hashes"];

test("enrolled keys are enforced, and whom they trust is told", async () => {
  expect(await read(variableStoreBytes(enrolledKeys))).toEqual({
    sizeBytes: 4096,
    secureBoot: "enforced",
    trusts,
  });
});

test("keys that are turned off are told from none, and a deleted variable counts for nothing", async () => {
  const states = [
    [...enrolledKeys, enable(1)],
    [...enrolledKeys, enable(0)],
    [...enrolledKeys, enable(0, 0x3c), enable(1)],
    enrolledKeys.filter(({ name }) => name !== "PK"),
    enrolledKeys.map((variable) => ({ ...variable, vendor: "00".repeat(16) })),
    [],
  ].map((variables) => read(variableStoreBytes(variables)));
  expect((await Promise.all(states)).map((store) => store?.secureBoot)).toEqual([
    "enforced",
    "off",
    "enforced",
    "no-keys",
    "no-keys",
    "no-keys",
  ]);
});

test("a file that is no variable store is undefined, however short", async () => {
  const store = variableStoreBytes(enrolledKeys);
  const others = [Buffer.alloc(0), Buffer.alloc(8192), store.subarray(0, 0x50), store.subarray(8)];
  expect(await Promise.all(others.map(read))).toEqual(others.map(() => undefined));
});

test("a damaged store is read as far as it goes, and never throws", async () => {
  const good = variableStoreBytes(enrolledKeys, 2048);
  await fc.assert(
    fc.asyncProperty(fc.nat(2047), fc.nat(255), fc.nat(2048), async (at, value, length) => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      const store = await read(bytes.subarray(0, Math.max(length, 0x64)));
      expect(["enforced", "off", "no-keys", undefined]).toContain(store?.secureBoot);
    }),
    { numRuns: 300 },
  );
});
