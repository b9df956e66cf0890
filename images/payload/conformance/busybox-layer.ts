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
 * masks `/bin/ls` masks nothing else. The shell is a program of its own (`withoutApplets`).
 */
export const busyboxLayer = async (
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LayerEntry[]> => {
  const content = await packageFile(busyboxPackage, onLine);
  const busybox = join(workDir, "busybox");
  const shell = join(workDir, "sh");
  writeFileSync(busybox, content);
  writeFileSync(shell, withoutApplets(content));
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
// own images do not have: there `ls` is a program that can be masked, replaced or missing, and agnhost's image has an `nc` of its
// own. An applet's name is looked up in one sorted list, so those become others that sort to the same place and that nobody calls:
// they are then found as any program is, and when one cannot be run the shell says so in the same words.
const hidden = [
  { name: "ls", before: "\0losetup\0ls\0lsmod\0", after: "\0losetup\0lr\0lsmod\0" },
  { name: "nc", before: "\0nbd-client\0nc\0netstat\0", after: "\0nbd-client\0nd\0netstat\0" },
] as const;

/** @throws {ImageError} IMAGE_BUILD when Debian's busybox has another list of applets. */
export const withoutApplets = (busybox: Buffer): Buffer => {
  const changed = Buffer.from(busybox);
  for (const { name, before, after } of hidden) {
    const at = busybox.indexOf(before, 0, "latin1");
    if (at < 0 || busybox.includes(before, at + 1, "latin1")) {
      const [first, , last] = before.split("\0").filter((one) => one !== "");
      throw new ImageError(
        "IMAGE_BUILD",
        `Busybox should have the applets ${first}, ${name} and ${last} once side by side, but has them ${at < 0 ? "nowhere" : "more than once"}`,
        { hint: "Bring images/payload/conformance/busybox-layer.ts in line with Debian's package" },
      );
    }
    changed.write(after, at, "latin1");
  }
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
