import { expect, test } from "vitest";
import type { Mount } from "../agent/answers.ts";
import { bootedIdentity } from "./booted-identity.ts";

const commit = "c".repeat(64);
const hash = "a".repeat(64);

const mountOf = (path: string, root: string): Mount => ({
  ...{ id: 1, parent: 0, device: "254:1", root, path, options: [], propagation: [] },
  ...{ filesystem: "ext4", source: "/dev/vda4", superOptions: [] },
});
const guest = (mounts: readonly Mount[], commandLine: string) => ({
  mounts: async () => mounts,
  readFile: async () => Buffer.from(`${commandLine}\n`),
});

test("a deployment is told by what the kernel mounted on /, whatever its arguments say", async () => {
  const root = `/ostree/deploy/node/deploy/${commit}.1`;
  const mounts = [mountOf("/", "/"), mountOf("/", root), mountOf("/sysroot", "/")];
  expect(await bootedIdentity(guest(mounts, `roothash=${hash}`))).toBe(commit);
});

test("a sealed root is told by its hash, under whatever name it stands", async () => {
  const told = (commandLine: string) => bootedIdentity(guest([mountOf("/", "/")], commandLine));
  expect(await told(`ro roothash=${hash} quiet`)).toBe(hash);
  expect(await told(`node.usrhash=${hash}`)).toBe(hash);
});

test("a root that nothing tells is told as one", async () => {
  await expect(
    bootedIdentity(guest([mountOf("/", "/")], `root=/dev/vda1 hash=${hash}0`)),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[GuestError: Expected / to be an OSTree deployment, or a root hash among the kernel's arguments, but these are root=/dev/vda1 hash=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0]`,
  );
});
