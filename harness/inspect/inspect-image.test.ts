import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { cpioArchive } from "../../images/builder/cpio.ts";
import { imageFactsSchema } from "./image-facts-schema.ts";
import { inspectImage } from "./inspect-image.ts";
import { renderFacts } from "./render-facts.ts";
import { spdxDocument } from "./spdx.ts";
import { makeElf } from "./testing/elf-bytes.ts";
import { makeExt4Image, type Planted } from "./testing/ext4-image.ts";
import { makePartitionedDisk } from "./testing/partitioned-disk.ts";

const inspect = async (files: Readonly<Record<string, Planted>>) => {
  await using image = await makeExt4Image(files);
  const facts = await inspectImage({
    image: { path: image.path, format: "raw", fileBytes: image.sizeBytes },
    rawPath: image.path,
    workDir: image.workDir,
  });
  expect(imageFactsSchema.parse(facts)).toEqual(facts);
  return facts;
};

const program = (parts: Parameters<typeof makeElf>[0]): Planted => ({
  content: makeElf({ loader: "/lib64/ld-linux-x86-64.so.2", ...parts }),
  mode: 0o755,
});
const script = (text: string): Planted => ({ content: text, mode: 0o755 });

const osRelease = "ID=debian\nVERSION_CODENAME=trixie\nPRETTY_NAME=\"Test OS 1\"\nIMAGE_ID='t'\n";
const status = [
  "Package: base",
  "Status: install ok installed",
  "Installed-Size: 3",
  "Architecture: amd64",
  "Version: 1:2.0+x-1",
  "Description: a base",
  " that goes on",
  "",
  "Package: gone",
  "Status: deinstall ok config-files",
  "Version: 1",
  "",
].join("\n");

const tool = program({ needed: ["libc.so.6"], wanted: ["system"] });
const md5 = (planted: Planted): string =>
  typeof planted === "object" && "content" in planted
    ? createHash("md5").update(planted.content).digest("hex")
    : "";

const system: Readonly<Record<string, Planted>> = {
  bin: { link: "usr/bin" },
  "usr/lib/os-release": osRelease,
  "etc/os-release": { link: "../usr/lib/os-release" },
  "var/lib/dpkg/status": status,
  "var/lib/dpkg/info/base.list": "/.\n/bin\n/bin/tool\n/usr/bin/other\n",
  "var/lib/dpkg/info/base.md5sums": `${md5(tool)}  bin/tool\n${md5(tool)}  usr/bin/other\n`,
  "usr/bin/tool": tool,
};

const plain = inspect(system);

test("the plain facts of a small system", async () => {
  const facts = await plain;
  expect(facts.root).toEqual({
    state: "found",
    partition: 0,
    path: "/",
    madeAt: expect.any(String),
    others: [],
    osRelease: {
      path: "/usr/lib/os-release",
      fields: { ID: "debian", VERSION_CODENAME: "trixie", PRETTY_NAME: "Test OS 1", IMAGE_ID: "t" },
    },
  });
  expect(facts.packages).toEqual({
    state: "read",
    kind: "dpkg",
    path: "/var/lib/dpkg/status",
    installedBytes: 3072,
    list: [{ name: "base", version: "1:2.0+x-1", architecture: "amd64", installedBytes: 3072 }],
  });
  expect(facts.elf).toEqual({
    count: 1,
    machine: "x86_64",
    machines: { x86_64: 1 },
    foreign: [],
    static: [],
    callShell: ["/usr/bin/tool"],
    unowned: { state: "known", paths: [] },
    altered: [],
    unverified: [],
  });
  expect(facts.problems).toEqual([]);
});

test("hidden programs are found by their content", async () => {
  const facts = await inspect({
    ...system,
    "usr/libexec/foo": program({ defined: ["Py_Main"] }),
    "usr/libexec/bar": program({ text: "BusyBox is copyrighted by many authors" }),
    "usr/libexec/baz": program({ needed: ["libpcap.so.0.8"], machine: 183 }),
    "usr/sbin/helper": { content: makeElf({ type: 2 }), mode: 0o4755 },
    "usr/bin/sh": { link: "dash" },
    "usr/share/bash": "a file that only has the name",
    "usr/bin/other": program({ needed: ["libc.so.6"] }),
  });
  expect(facts.programs).toEqual([
    {
      path: "/usr/bin/sh",
      kind: "link",
      program: "dash",
      category: "shell",
      evidence: [{ kind: "name", seen: "sh" }],
    },
    {
      path: "/usr/libexec/bar",
      kind: "file",
      program: "busybox",
      category: "shell",
      evidence: [{ kind: "text", seen: "BusyBox is copyrighted by many authors" }],
    },
    {
      path: "/usr/libexec/baz",
      kind: "file",
      program: "tcpdump",
      category: "network-tool",
      evidence: [{ kind: "library", seen: "libpcap.so.0.8" }],
    },
    {
      path: "/usr/libexec/foo",
      kind: "file",
      program: "python",
      category: "language",
      evidence: [{ kind: "symbol", seen: "Py_Main" }],
    },
  ]);
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  expect(facts.files.setuid).toEqual([{ path: "/usr/sbin/helper", uid, gid }]);
  expect(facts.elf.static).toEqual(["/usr/sbin/helper"]);
  expect(facts.elf.foreign).toEqual([{ path: "/usr/libexec/baz", machine: "aarch64" }]);
  expect(facts.elf.unowned).toEqual({
    state: "known",
    paths: ["/usr/libexec/bar", "/usr/libexec/baz", "/usr/libexec/foo", "/usr/sbin/helper"],
  });
  // Its package has such a path, and another content.
  expect(facts.elf.altered).toEqual(["/usr/bin/other"]);
});

test("what would start a shell, a script, or nothing", async () => {
  const unit = "/usr/lib/systemd/system/x.service";
  const facts = await inspect({
    ...system,
    "usr/libexec/run": script("#!/bin/sh -e\ntrue\n"),
    "usr/libexec/env": script("#!/usr/bin/env -S python3 -I\n"),
    [unit.slice(1)]:
      "[Service]\nExecStartPre=-/bin/sh -c \\\n  true\nExecStart=/usr/libexec/run\nExecStop=/bin/tool\n",
    "usr/lib/systemd/system/y.socket": "[Socket]\nListenStream=22\nListenStream=/run/y\n",
    "etc/systemd/system/sockets.target.wants/y.socket": {
      link: "/usr/lib/systemd/system/y.socket",
    },
    "etc/systemd/system/a.service": { link: "/dev/null" },
    "etc/systemd/system/getty.target.wants/getty@tty1.service": { link: "/nowhere" },
    "usr/lib/udev/rules.d/1.rules": '# RUN+="x"\nACTION=="add", RUN+="helper %k"\n',
    "usr/libexec/hidden": program({ text: "BusyBox is copyrighted by many authors" }),
    "usr/lib/systemd/system/z.service":
      "[Service]\nExecStart=-|tool\nExecStop=/bin/tool /usr/libexec/hidden sh\n",
    "usr/lib/binfmt.d/1.conf": ":x:M::abc::/bin/dash:F\n",
    "usr/share/dbus-1/system-services/1.service": "Name=x\nExec=/usr/libexec/run\n",
    "usr/share/dbus-1/system-services/2.service": "Exec=/bin/sh\nSystemdService=x\n",
    "usr/lib/modprobe.d/1.conf": "install floppy /bin/true\n",
    "usr/lib/sysctl.d/1.conf": "kernel.core_pattern=|/usr/libexec/core %P\n",
  });
  expect(facts.services).toEqual({
    units: 4,
    enabled: [
      { unit: "getty@tty1.service", by: "getty.target", isPresent: false },
      { unit: "y.socket", by: "sockets.target", isPresent: true },
    ],
    masked: ["a.service"],
    sockets: [
      { unit: "y.socket", kind: "ListenStream", address: "22", isEnabled: true },
      { unit: "y.socket", kind: "ListenStream", address: "/run/y", isEnabled: true },
    ],
    getty: { enabled: ["getty@tty1.service"] },
    references: [
      {
        ...{ file: unit, line: 2, key: "ExecStartPre", command: "/bin/sh -c true" },
        ...{ program: "/bin/sh", kind: "shell", isPresent: false },
      },
      {
        ...{ file: unit, line: 4, key: "ExecStart", command: "/usr/libexec/run" },
        ...{ program: "/usr/libexec/run", kind: "script", isPresent: true },
      },
      {
        ...{ file: "/usr/lib/systemd/system/z.service", line: 2, key: "ExecStart" },
        ...{ command: "tool", program: "/bin/sh", kind: "shell", isPresent: false },
      },
      {
        ...{ file: "/usr/lib/systemd/system/z.service", line: 3, key: "ExecStop" },
        ...{ command: "/bin/tool /usr/libexec/hidden sh", program: "/usr/libexec/hidden" },
        ...{ kind: "shell", isPresent: true },
      },
      {
        ...{ file: "/usr/lib/udev/rules.d/1.rules", line: 2, key: "RUN", command: "helper %k" },
        ...{ program: "helper", kind: "program", isPresent: false },
      },
      {
        ...{ file: "/usr/lib/modprobe.d/1.conf", line: 1, key: "install" },
        ...{ command: "floppy /bin/true", program: "/bin/sh", kind: "shell", isPresent: false },
      },
      {
        ...{ file: "/usr/lib/sysctl.d/1.conf", line: 1, key: "kernel.core_pattern" },
        ...{ command: "/usr/libexec/core %P", program: "/usr/libexec/core" },
        ...{ kind: "program", isPresent: false },
      },
      {
        ...{ file: "/usr/lib/binfmt.d/1.conf", line: 1, key: "interpreter" },
        ...{ command: "/bin/dash", program: "/bin/dash", kind: "shell", isPresent: false },
      },
      {
        ...{ file: "/usr/share/dbus-1/system-services/1.service", line: 2, key: "Exec" },
        ...{ command: "/usr/libexec/run", program: "/usr/libexec/run" },
        ...{ kind: "script", isPresent: true },
      },
    ],
  });
  expect(facts.scripts).toEqual([
    {
      path: "/usr/libexec/env",
      interpreter: "python3",
      interpreterState: "absent",
      isExecutable: true,
    },
    {
      path: "/usr/libexec/run",
      interpreter: "/bin/sh",
      interpreterState: "absent",
      isExecutable: true,
    },
  ]);
});

test("who could log in", async () => {
  const facts = await inspect({
    ...system,
    "etc/passwd":
      "root:x:0:0::/root:/bin/bash\nadmin::0:0::/:\ndaemon:x:1:1::/:/usr/sbin/nologin\n",
    "etc/shadow": "root:$6$salt$hash:1::::::\ndaemon:*:1::::::\n",
    "root/.ssh/authorized_keys": "ssh-ed25519 AAAA\n",
  });
  expect(facts.accounts).toEqual({
    shadow: "read",
    withPassword: ["root"],
    withEmptyPassword: ["admin"],
    locked: 1,
    superusers: ["root", "admin"],
    loginShells: [
      { account: "root", shell: "/bin/bash", isPresent: false },
      { account: "admin", shell: "/bin/sh", isPresent: false },
    ],
    authorizedKeys: ["/root/.ssh/authorized_keys"],
  });
});

test("an image is never left, and odd names come out whole and harmless", async () => {
  const facts = await inspect({
    ...system,
    "etc/os-release": { link: "../../../../../../etc/os-release-of-host" },
    "etc/os-release-of-host": "ID=inside\n",
    "etc/passwd": { link: "/etc/passwd" },
    "usr/bin/a\n\x1b[2J\xff": { content: makeElf({ type: 2 }), mode: 0o755 },
    "var/lib/dpkg/status": { link: "status" },
  });
  const { root, accounts, packages, elf } = facts;
  expect(root.state === "found" ? root.osRelease : root).toEqual({
    path: "/etc/os-release-of-host",
    fields: { ID: "inside" },
  });
  expect(accounts.superusers).toEqual([]);
  expect(packages.state).toBe("none");
  expect(elf.static).toEqual(["$'/usr/bin/a\\x0a\\x1b[2J\\xff'"]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(renderFacts(facts)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});

test("an OSTree deployment is the root, and the rest of the volume is its /sysroot", async () => {
  const checksum = "c".repeat(64);
  const deployment = `ostree/deploy/os/deploy/${checksum}.0`;
  const facts = await inspect({
    [`${deployment}/usr/lib/os-release`]: osRelease,
    [`${deployment}/usr/etc/shadow`]: "root:!:1::::::\n",
    [`${deployment}/bin`]: { link: "usr/bin" },
    [`${deployment}/usr/lib/sysimage/dpkg/status`]: status,
    "ostree/repo/objects/aa/bb.file": { content: makeElf({ type: 2 }), mode: 0o755 },
  });
  expect(facts.root).toMatchObject({
    path: `/${deployment}`,
    deployment: { os: "os", checksum, serial: 0 },
    osRelease: { path: "/usr/lib/os-release" },
  });
  expect(facts.accounts.shadow).toBe("read");
  expect(facts.packages.state).toBe("read");
  expect(facts.elf.static).toEqual(["/sysroot/ostree/repo/objects/aa/bb.file"]);
});

test("other partitions and the initrd are looked into as well", async () => {
  const hidden = makeElf({ type: 2, text: "BusyBox is copyrighted by many authors" });
  const entry = (name: string, data: Buffer) => ({ name, mode: 0o104755, data });
  const initrd = Buffer.concat([
    zstdCompressSync(cpioArchive([entry("init", makeElf({ type: 2 }))])),
    cpioArchive([entry("lib/x", makeElf({ type: 2, machine: 183, text: "mawk %d.%d" }))]),
  ]);
  await using root = await makeExt4Image({
    ...system,
    "boot/initrd.img": initrd,
    "usr/lib/modules/6/initramfs": initrd,
  });
  await using data = await makeExt4Image({
    tool: { content: hidden, mode: 0o4755 },
    "copy/of-it": "",
  });
  await using disk = await makePartitionedDisk([root.path, data.path]);
  const facts = await inspectImage({
    image: { path: disk.path, format: "raw", fileBytes: 0 },
    rawPath: disk.path,
    workDir: disk.workDir,
  });
  expect(imageFactsSchema.parse(facts)).toEqual(facts);
  expect(facts.root).toMatchObject({ partition: 1 });
  const { sha256 } = facts.initrds?.[0] ?? {};
  expect(facts.initrds).toEqual([
    {
      ...{ path: "/boot/initrd.img", sizeBytes: initrd.length, sha256 },
      ...{ packings: ["zstd", "none"], entries: 2 },
    },
    { path: "/usr/lib/modules/6/initramfs", sizeBytes: initrd.length, sha256, packings: [] },
  ]);
  expect(facts.programs.map(({ path, program: name }) => [path, name])).toEqual([
    ["partition 2: /tool", "busybox"],
    ["/boot/initrd.img: /lib/x", "awk"],
  ]);
  expect(facts.elf.unowned).toEqual({ state: "known", paths: ["partition 2: /tool"] });
  expect(facts.elf.foreign).toEqual([{ path: "/boot/initrd.img: /lib/x", machine: "aarch64" }]);
  expect(facts.files.setuid.map(({ path }) => path)).toEqual(["partition 2: /tool"]);
  expect(facts.problems).toEqual([]);
});

test("diverted files are owned, and a package's own diversion of an alias changes nothing", async () => {
  const other = program({ needed: ["libm.so.6"] });
  const facts = await inspect({
    ...system,
    "usr/bin/moved": other,
    "usr/bin/other": other,
    "usr/bin/other.moved": tool,
    "var/lib/dpkg/info/base.list": "/bin/tool\n/usr/bin/other\n",
    "var/lib/dpkg/diversions":
      "/usr/bin/other\n/usr/bin/other.moved\nb\n/usr/bin/tool\n/usr/bin/tool.x\nbase\n",
  });
  expect(facts.elf).toMatchObject({
    unowned: { state: "known", paths: ["/usr/bin/moved"] },
    altered: [],
    unverified: ["/usr/bin/other", "/usr/bin/other.moved"],
  });
});

test("a second package database is told, because it may be the true one", async () => {
  const facts = await inspect({ ...system, "usr/lib/sysimage/dpkg/status": status });
  expect([facts.packages.state, facts.problems]).toEqual([
    "read",
    [
      {
        kind: "second-database",
        where: "/usr/lib/sysimage/dpkg/status",
        message: "it is a second package database, which is not read",
      },
    ],
  ]);
});

test("a volume without an operating system is said to be one", async () => {
  const facts = await inspect({ "data/x": "y" });
  expect(facts.root).toEqual({
    state: "none",
    reason: "no file system that was read has an os-release, or /etc with /usr",
  });
});

test("the bill of materials names every package, and is the same each time", async () => {
  const facts = await plain;
  const text = spdxDocument(facts, "1735689600");
  expect(text).toBe(spdxDocument(facts, "1735689600"));
  const document = JSON.parse(text) as Record<string, unknown>;
  expect(document).toMatchObject({
    spdxVersion: "SPDX-2.3",
    name: "Test OS 1",
    creationInfo: { created: "2025-01-01T00:00:00Z", creators: ["Tool: bootwright"] },
    packages: [
      { SPDXID: "SPDXRef-image" },
      {
        SPDXID: "SPDXRef-base-amd64",
        name: "base",
        versionInfo: "1:2.0+x-1",
        licenseDeclared: "NOASSERTION",
        externalRefs: [
          {
            referenceCategory: "PACKAGE-MANAGER",
            referenceType: "purl",
            referenceLocator: "pkg:deb/debian/base@1%3A2.0%2Bx-1?arch=amd64&distro=trixie",
          },
        ],
      },
    ],
  });
});
