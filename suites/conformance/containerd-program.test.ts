import { expect, test } from "vitest";
import type { ExecResult } from "../../harness/index.ts";
import { versionOf } from "./containerd-program.ts";

const result = (code: number, stdout: string, stderr = ""): ExecResult => ({
  exit: { kind: "exited", code },
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
  isTruncated: false,
  elapsedMs: 1,
  userMs: 1,
  systemMs: 1,
  maxRssKiB: 1,
});

/** What becomes of a guest whose containerd answers so. */
const told = (answer: ExecResult): Promise<string> =>
  versionOf(
    { exec: async () => answer },
    { program: ["/usr/bin/containerd"], suite: "containerd" },
  ).catch((error: unknown) => {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  });

// As these programs print it (Debian 11 and 13; built from containerd's repository).
test("a containerd tells its version in the midst of other words", async () => {
  const debian = "containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6+deb13u1\n";
  const own = "containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4\n";
  expect(await Promise.all([debian, own].map((text) => told(result(0, text))))).toEqual([
    "1.7.24",
    "2.1.4",
  ]);
});

test("one that is too old for the suite ends the check, with both versions and what to do", async () => {
  const old = "containerd github.com/containerd/containerd 1.4.13~ds1 1.4.13~ds1-1~deb11u4\n";
  expect(await told(result(0, old))).toBe(
    "unsupported: The image has containerd 1.4.13~ds1, and this suite can ask 1.6 and later, the first with version 1 of the CRI: put a newer containerd into the image, or leave suite containerd out",
  );
});

test("so does one that tells none", async () => {
  expect(await told(result(0, "containerd github.com/containerd/containerd unknown\n"))).toBe(
    "unsupported: /usr/bin/containerd does not tell its version: containerd github.com/containerd/containerd unknown",
  );
});

test("one that cannot even say its version is at fault", async () => {
  expect(await told(result(127, "", "libseccomp.so.2: cannot open\n"))).toBe(
    "fail: /usr/bin/containerd --version did not succeed: libseccomp.so.2: cannot open",
  );
});
