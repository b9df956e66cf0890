import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exec } from "../../harness/core/exec.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { toolPath } from "../../harness/core/tool.ts";
import type { RecipeChange } from "../mutant.ts";
import { commitRelease, type ReleaseCommit } from "./commit-release.ts";
import { damagedPayload } from "./damaged-payload.ts";
import { initRepository, ostreeIn } from "./ostree.ts";
import { buildPayloadDisk, ownObject } from "./payload-disk.ts";
import type { StatedRelease } from "./stated-release.ts";
import { smallRepository } from "./testing/small-repository.ts";

const changes: readonly RecipeChange[] = [
  { kind: "add-file", path: "/README", mode: 0o644, text: "of v2\n" },
  { kind: "add-file", path: "/usr/lib/new/file", mode: 0o600, text: "new" },
  { kind: "add-file", path: "/etc/new.d/a.conf", mode: 0o644, text: "a\n" },
  { kind: "replace-text", path: "/etc/host.conf", match: "on", with: "off" },
  { kind: "remove-file", path: "/etc/gone.conf" },
  { kind: "remove-file", path: "/usr/lib/go*" },
  { kind: "enable-unit", unit: "a.service", wantedBy: "b.target" },
  { kind: "set-mode", path: "/usr/lib/new/file", mode: 0o755 },
  { kind: "add-to-initrd", path: "/a", mode: 0o644, text: "a" },
  { kind: "add-kernel-argument", argument: "quiet" },
  { kind: "remove-kernel-argument", argument: "ro" },
];

const release: StatedRelease = {
  ...{ schema: 1, of: "reference", name: "v2", title: "Second", version: "2", daysLater: 1 },
  isRefused: false,
  changes,
};

const commitIn = async (workDir: string): Promise<ReleaseCommit & { readonly base: string }> => {
  const base = await smallRepository(workDir);
  const options = { changes, kernelArguments: ["root=x", "ro", "console=ttyS0"], workDir };
  const made = await commitRelease(base, release, { ...options, onLine: () => undefined });
  return { ...made, base: base.repo };
};

const failureOf = (doing: Promise<unknown>): Promise<string> =>
  doing.then(
    () => "",
    (error: unknown) => String(error),
  );

// Some thirty runs of ostree, on a host that may be busy.
describe("the commit of a release", { timeout: 60_000 }, () => {
  test("is that of the image with the release's changes, and those to /etc are to what is shipped", async () => {
    await using work = await tempDir("commit");
    const { repo, commit, kernelArguments, base } = await commitIn(work.path);
    const tree = join(work.path, "checkout");
    await ostreeIn(repo, "checkout", "--user-mode", commit, tree);
    await ostreeIn(repo, "fsck", "--quiet");
    const first = await ostreeIn(base, "rev-parse", "node/stable");
    const differences = await ostreeIn(repo, "diff", first.trim(), commit);
    const listed = await ostreeIn(repo, "ls", commit, "/usr/lib/new/file", "/usr/etc/new.d");
    expect({
      differences: differences.trim().split("\n").toSorted(),
      listed: listed.trim().split("\n"),
      etc: await ostreeIn(repo, "cat", commit, "/usr/etc/host.conf"),
      osRelease: await ostreeIn(repo, "cat", commit, "/usr/lib/os-release"),
      version: (await ostreeIn(repo, "show", "--print-metadata-key=version", commit)).trim(),
      kernelArguments,
    }).toEqual({
      differences: [
        "A    /usr/etc/new.d",
        "A    /usr/etc/new.d/a.conf",
        "A    /usr/etc/systemd",
        "A    /usr/etc/systemd/system",
        "A    /usr/etc/systemd/system/b.target.wants",
        "A    /usr/etc/systemd/system/b.target.wants/a.service",
        "A    /usr/lib/new",
        "A    /usr/lib/new/file",
        "D    /usr/etc/gone.conf",
        "D    /usr/lib/gone",
        "M    /README",
        "M    /usr/etc/host.conf",
        "M    /usr/lib/modules/6.1-cloud/initramfs.img",
        "M    /usr/lib/os-release",
      ],
      listed: [
        "-00755 0 0      3 /usr/lib/new/file",
        "d00755 0 0      0 /usr/etc/new.d",
        "-00644 0 0      2 /usr/etc/new.d/a.conf",
      ],
      etc: "multi off",
      osRelease: "ID=debian\nVARIANT_ID=reference\nIMAGE_VERSION=2",
      version: "'2'",
      kernelArguments: ["quiet", "root=x", "console=ttyS0"],
    });
  });

  test("needs changes that fit the image", async () => {
    await using work = await tempDir("commit");
    const base = await smallRepository(work.path);
    const options = { kernelArguments: [], workDir: work.path, onLine: () => undefined };
    const absent = [{ kind: "remove-file", path: "/usr/lib/no-such" }] as const;
    const error = await failureOf(commitRelease(base, release, { ...options, changes: absent }));
    expect(error).toContain("/usr/lib/no-such");
  });
});

describe("the payload of a release", { timeout: 60_000 }, () => {
  test("has the same bytes whenever it is made, and an updater can take the release from it", async () => {
    await using one = await tempDir("payload");
    await using other = await tempDir("payload");
    const first = await payloadIn(one.path);
    const second = await payloadIn(other.path);
    expect(await sha256OfFile(second.payload)).toBe(await sha256OfFile(first.payload));
    const taken = await pulledFrom(first.payload, one.path);
    expect(await ostreeIn(taken, "rev-parse", "node/stable")).toContain(first.commit);
    await ostreeIn(taken, "fsck", "--quiet");
  });

  test.each(["corrupted", "truncated"] as const)("is refused when it is %s", async (damage) => {
    await using work = await tempDir("payload");
    const made = await payloadIn(work.path);
    const damaged = join(work.path, "damaged.ext4");
    await damagedPayload(made, damage, damaged);
    await exec(toolPath("e2fsck"), ["-f", "-n", damaged]);
    expect(await failureOf(pulledFrom(damaged, work.path))).toMatch(
      damage === "corrupted" ? /Corrupted file object/ : /Need more input/,
    );
  });
});

interface MadePayload {
  readonly payload: string;
  readonly ownFile: string;
  readonly commit: string;
}

const payloadIn = async (workDir: string): Promise<MadePayload> => {
  const made = await commitIn(workDir);
  const payload = join(workDir, "payload.ext4");
  await buildPayloadDisk(made, undefined, { diskPath: payload, workDir });
  return { payload, ownFile: ownObject(made.base, made.repo), commit: made.commit };
};

/** As the updater of a node does it. */
const pulledFrom = async (payload: string, workDir: string): Promise<string> => {
  const root = join(workDir, "mounted");
  mkdirSync(root);
  await exec(toolPath("debugfs"), ["-R", `rdump /repo ${root}`, payload]);
  expect(readdirSync(root)).toEqual(["repo"]);
  const taken = join(workDir, "taken");
  await initRepository(taken, "bare");
  await ostreeIn(taken, "pull-local", "--untrusted", join(root, "repo"), "node/stable");
  return taken;
};
