import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../../harness/core/errors.ts";
import { exec } from "../../../harness/core/exec.ts";
import { packageFile } from "../../builder/package-file.ts";
import type { LayerEntry } from "./layer.ts";

/** Debian's busybox: static, so it runs in an image of its own. */
export const busyboxPackage = { package: "busybox-static", from: "/usr/bin/busybox" } as const;

/**
 * A root directory as busybox' own images have it: a shell and the usual programs, each a hard link, so that a runtime that
 * masks `/bin/ls` masks nothing else. The shell is a program of its own (`withoutLs`).
 */
export const busyboxLayer = async (
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LayerEntry[]> => {
  const content = await packageFile(busyboxPackage, onLine);
  const busybox = join(workDir, "busybox");
  const shell = join(workDir, "sh");
  writeFileSync(busybox, content);
  writeFileSync(shell, withoutLs(content));
  chmodSync(busybox, 0o755);
  const { stdout } = await exec(busybox, ["--list"]);
  const applets = stdout.trim().split("\n").toSorted();
  return [
    { kind: "file", path: "bin/busybox", copyOf: busybox, mode: 0o755 },
    { kind: "file", path: "bin/sh", copyOf: shell, mode: 0o755 },
    { kind: "hard-link", path: "bin/ash", to: "bin/sh" },
    ...applets
      .filter((name) => !["busybox", "sh", "ash"].includes(name))
      .map((name) => ({ kind: "hard-link", path: `bin/${name}`, to: "bin/busybox" }) as const),
    ...["dev", "etc", "proc", "sys", "run", "var/run", "home", "usr/bin", "usr/sbin"].map(
      (path) => ({ kind: "directory", path, mode: 0o755 }) as const,
    ),
    { kind: "directory", path: "root", mode: 0o700 },
    { kind: "directory", path: "tmp", mode: 0o1777 },
    { kind: "text", path: "etc/passwd", text: passwd },
    { kind: "text", path: "etc/group", text: group },
  ];
};

// In Debian's busybox the shell runs applets itself and looks at no path first (CONFIG_FEATURE_SH_STANDALONE), which busybox'
// own images do not have: there `ls` is a program that can be masked, replaced or missing. An applet's name is looked up in
// one sorted list, so this one's becomes another that sorts to the same place and that nobody calls: `ls` is then found as
// any program is, and when it cannot be run the shell says so in the same words.
const before = Buffer.from("\0losetup\0ls\0lsmod\0");
const after = Buffer.from("\0losetup\0lr\0lsmod\0");

/** @throws {ImageError} IMAGE_BUILD when Debian's busybox has another list of applets. */
export const withoutLs = (busybox: Buffer): Buffer => {
  const at = busybox.indexOf(before);
  if (at < 0 || busybox.includes(before, at + 1)) {
    throw new ImageError(
      "IMAGE_BUILD",
      `Busybox should have the applets losetup, ls and lsmod once side by side, but has them ${at < 0 ? "nowhere" : "more than once"}`,
      { hint: "Bring images/payload/conformance/busybox-layer.ts in line with Debian's package" },
    );
  }
  const changed = Buffer.from(busybox);
  after.copy(changed, at);
  return changed;
};

// www-data and nobody are users that critest asks for by name.
const passwd = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const group = `root:x:0:
daemon:x:1:
www-data:x:33:
nobody:x:65534:
`;
