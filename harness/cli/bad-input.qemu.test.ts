// Needs no QEMU, but some fifty starts of the command line: too slow for the unit tests.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { biosBootGuid } from "../../images/partition-table.ts";
import { gptBytes, qcow2Bytes } from "../../images/testing/image-bytes.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { transcript } from "./testing/transcript.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(dir.path, name);
  writeFileSync(path, content);
  return path;
};
const seen = (...commands: string[][]): Promise<string> =>
  transcript(commands, { hidden: { DIR: dir.path } });

describe("the command line", () => {
  test("a wrong one is told with what would be right", async () => {
    expect(
      await seen(
        ["frob"],
        ["run"],
        ["run", "probe", "more"],
        ["run", "probe", "--frob"],
        ["run", "probe", "--level", "deep"],
        ["run", "probe", "--accel", "xen"],
        ["run", "probe", "--injection", "luck"],
        ["run", "probe", "--suite", "nope"],
        ["run", "probe", "--grep", "("],
        ["boot", "probe", "--accel", "xen"],
        ["boot", "probe", "--until", "coffee"],
        ["images", "bild"],
        ["mutants", "run", "--only", "reference+nope"],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright frob
      bootwright: Unknown command 'frob' [USAGE]
      bootwright:   hint: See \`bootwright --help\`
      [exit code 2]

      $ bootwright run
      bootwright: Missing required argument 'image' [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe more
      bootwright: Too many arguments for 'run'. Expected 1 argument but got 2: probe, more [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe --frob
      bootwright: Unknown option '--frob' [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe --level deep
      bootwright: Option '--level <level>' argument 'deep' is invalid. Allowed choices are quick, standard, full [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe --accel xen
      bootwright: Option '--accel <accel>' argument 'xen' is invalid. Allowed choices are auto, kvm, tcg [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe --injection luck
      bootwright: Option '--injection <strategy>' argument 'luck' is invalid. Allowed choices are credentials, etc-unit, builtin [USAGE]
      bootwright:   hint: See \`bootwright run --help\`
      [exit code 2]

      $ bootwright run probe --suite nope
      bootwright: There is no suite "nope" [USAGE]
      bootwright:   hint: Suites are: access, admin-container, boot, boot-time, bootstrap-container, containerd, data-disk, identity, kubelet, minimal-os, preloaded-images, read-only-root, secure-boot, upgrade-rollback
      [exit code 2]

      $ bootwright run probe --grep (
      bootwright: --grep must be a regular expression, not "(" [USAGE]
      bootwright:   hint: It is matched against check ids; quote characters such as ( with a backslash
      bootwright: because: Invalid regular expression: /(/: Unterminated group
      [exit code 2]

      $ bootwright boot probe --accel xen
      bootwright: Option '--accel <accel>' argument 'xen' is invalid. Allowed choices are auto, kvm, tcg [USAGE]
      bootwright:   hint: See \`bootwright boot --help\`
      [exit code 2]

      $ bootwright boot probe --until coffee
      bootwright: --until must be a phase, not "coffee" [USAGE]
      bootwright:   hint: Phases are: firmware, loader, kernel, initrd, userspace, containerd-ready, cri-ready, kubelet-healthy, node-ready, ready
      [exit code 2]

      $ bootwright images bild
      bootwright: Unknown command 'bild' [USAGE]
      bootwright:   hint: Did you mean build? See \`bootwright images --help\`
      [exit code 2]

      $ bootwright mutants run --only reference+nope
      bootwright: No mutant matches reference+nope [USAGE]
      bootwright:   hint: See \`bootwright mutants list\`
      [exit code 2]"
    `);
  });

  test("--version and --help are no errors, no command at all is one", async () => {
    expect(await seen(["--version"])).toMatch(
      /^\$ bootwright --version\n\d+\.\d+\.\d+\n\[exit code 0\]$/,
    );
    expect(await seen(["--help"], ["run", "--help"])).toMatchInlineSnapshot(`
      "$ bootwright --help
      Usage: bootwright [options] [command]

      Proves that a built operating-system image works before it ships

      Options:
        -V, --version                         output the version number
        -h, --help                            display help for command

      Commands:
        run [options] <image>                 boot an image, run its suites, write a
                                              run directory, give a verdict
        boot [options] <image>                boot an image and watch its console;
                                              Ctrl-C ends the machine
        inspect [options] <image>             say what is in an image file: no boot,
                                              no mount, no root
        report [options] <run-dir...>         say what a run found; of several runs,
                                              what was measured on their images, side
                                              by side
        repro [options] <run-dir> [check-id]  make a crash state that a power-cut
                                              check found bad again, and boot it
        images                                the images that Bootwright builds itself
        budget                                what boots may take: record it, check
                                              it, and look at what they took
        mutants                               images changed on purpose, and the
                                              checks that must fail on them
        cache                                 what Bootwright has built and keeps
        doctor [options]                      look at this host: each check, what was
                                              seen, the remedy; boots the accelerator
                                              probe
        help [command]                        display help for command
      [exit code 0]

      $ bootwright run --help
      Usage: bootwright run [options] <image>

      boot an image, run its suites, write a run directory, give a verdict

      Arguments:
        image                    catalogue name, NAME+MUTANT, manifest (*.yaml), or
                                 raw/qcow2 file

      Options:
        --suite <name>           run this suite; may be repeated (default: those of
                                 the profile)
        --image-file <path>      the image's file, for an image that cannot come with
                                 Bootwright, or in place of the one in its manifest
        --profile <profile>      whose promises the image is judged by: a name, a
                                 .yaml file, or detect (default: profile of the
                                 manifest)
        --level <level>          how thorough the suites are (choices: "quick",
                                 "standard", "full", default: "quick")
        --accel <accel>          what runs the guest: auto takes KVM where a probe
                                 guest boots in it (choices: "auto", "kvm", "tcg",
                                 default: "auto")
        --firmware <firmware>    what starts the machine (default: machine.boot of the
                                 manifest) (choices: "bios", "uefi")
        --secure-boot            boot by UEFI with Secure Boot and the keys of
                                 machine.firmwareVariables
        --tpm                    give the machine a TPM 2.0 (swtpm)
        --injection <strategy>   how the agent gets in (default: the first way in the
                                 manifest that fits the image) (choices:
                                 "credentials", "etc-unit", "builtin")
        --transport <transport>  how the agent talks: a port of its own, or the
                                 console's line (choices: "port", "uart", default:
                                 "port")
        --measure <measure>      what the suite boot-time measures: seconds, or
                                 instructions; auto: instructions without KVM
                                 (choices: "auto", "wall", "cost", default: "auto")
        --repeat <boots>         how many cold boots it counts the instructions of
                                 (default: 1)
        --no-boot                only checks of the image's file: nothing is booted
        --grep <regex>           only checks whose id matches
        --out <dir>              the run directory (default:
                                 bootwright-runs/TIME-IMAGE)
        -h, --help               display help for command
      [exit code 0]"
    `);
    expect(await seen([])).toMatch(/Usage: bootwright .*\[exit code 2\]$/s);
  });
});

describe("the image", () => {
  test("an unknown name is told with the nearest ones, a missing file as such", async () => {
    expect(
      await seen(
        ["run", "referense"],
        ["run", "reference+rootrw"],
        ["boot", "nothing-like-it"],
        ["images", "path", "prob"],
        ["run", join(dir.path, "missing.raw")],
        ["run", join(dir.path, "missing.yaml")],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run referense
      bootwright: Expected a catalogue image, a manifest or an image file, but referense is none; known: containeros, probe, reference, reference-ab, traditional [IMAGE_UNKNOWN]
      bootwright:   hint: Did you mean reference or reference-ab? A file is given by its path; \`bootwright mutants list\` has the changed images
      [exit code 2]

      $ bootwright run reference+rootrw
      bootwright: Expected a catalogue image, a manifest or an image file, but reference+rootrw is none; known: containeros, probe, reference, reference-ab, traditional [IMAGE_UNKNOWN]
      bootwright:   hint: Did you mean reference+root-rw? A file is given by its path; \`bootwright mutants list\` has the changed images
      [exit code 2]

      $ bootwright boot nothing-like-it
      bootwright: Expected a catalogue image, a manifest or an image file, but nothing-like-it is none; known: containeros, probe, reference, reference-ab, traditional [IMAGE_UNKNOWN]
      bootwright:   hint: A file is given by its path; \`bootwright mutants list\` has the changed images
      [exit code 2]

      $ bootwright images path prob
      bootwright: Expected a catalogue image, a manifest or an image file, but prob is none; known: containeros, probe, reference, reference-ab, traditional [IMAGE_UNKNOWN]
      bootwright:   hint: Did you mean probe? A file is given by its path; \`bootwright mutants list\` has the changed images
      [exit code 2]

      $ bootwright run DIR/missing.raw
      bootwright: There is no file DIR/missing.raw [IMAGE_UNKNOWN]
      bootwright:   hint: Check the path; \`bootwright images list\` has the names of the catalogue
      [exit code 2]

      $ bootwright run DIR/missing.yaml
      bootwright: There is no file DIR/missing.yaml [IMAGE_UNKNOWN]
      bootwright:   hint: Check the path; \`bootwright images list\` has the names of the catalogue
      [exit code 2]"
    `);
  });

  test("a file that is no image, or not the kind it seems to be, is refused", async () => {
    const vmdk = Buffer.concat([Buffer.from("KDMV"), Buffer.alloc(65_536)]);
    const vhdx = Buffer.concat([Buffer.from("vhdxfile"), Buffer.alloc(65_536)]);
    const manifest = (name: string, source: string) =>
      file(name, `schema: 1\nname: own\ntitle: Own\nsource: ${source}\nprofile: generic\n`);
    file("disk.qcow2", qcow2Bytes());
    file("disk.raw", gptBytes([]));
    expect(
      await seen(
        ["run", dir.path],
        ["run", "/dev/null"],
        ["run", file("empty.raw", "")],
        ["run", file("text.raw", "hello\n")],
        ["run", file("noise.raw", Buffer.alloc(65_536, "noise"))],
        ["run", file("vmdk.raw", vmdk)],
        ["run", file("vhdx.raw", vhdx)],
        ["run", manifest("qcow2-as-raw.yaml", "{ file: disk.qcow2, format: raw }")],
        ["run", manifest("raw-as-qcow2.yaml", "{ file: disk.raw, format: qcow2 }")],
        ["run", manifest("gone.yaml", "{ file: gone.qcow2, format: qcow2 }")],
        [
          "run",
          manifest(
            "digest.yaml",
            `{ file: disk.qcow2, format: qcow2, sha256: ${"0f".repeat(32)} }`,
          ),
        ],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run DIR
      bootwright: Expected image file DIR to be a regular file, but it is a directory [IMAGE_UNUSABLE]
      bootwright:   hint: Give the path of a raw or qcow2 image file
      [exit code 2]

      $ bootwright run /dev/null
      bootwright: Expected image file /dev/null to be a regular file, but it is a device [IMAGE_UNUSABLE]
      bootwright:   hint: Give the path of a raw or qcow2 image file
      [exit code 2]

      $ bootwright run DIR/empty.raw
      bootwright: Expected between 1 B and 16384.00 GiB in image file DIR/empty.raw, but found 0 B (file size) [IMAGE_UNUSABLE]
      bootwright:   hint: Check the image's build
      [exit code 2]

      $ bootwright run DIR/text.raw
      bootwright: Expected a partition table or a file system in image file DIR/text.raw, but found text [IMAGE_UNUSABLE]
      bootwright:   hint: Give a disk image
      [exit code 2]

      $ bootwright run DIR/noise.raw
      bootwright: Expected a partition table or a file system in image file DIR/noise.raw, but found text [IMAGE_UNUSABLE]
      bootwright:   hint: Give a disk image
      [exit code 2]

      $ bootwright run DIR/vmdk.raw
      bootwright: Expected raw data in image file DIR/vmdk.raw, but found the mark of vmdk at offset 0 [IMAGE_UNUSABLE]
      bootwright:   hint: Convert it: qemu-img convert -f vmdk -O qcow2 IN OUT
      [exit code 2]

      $ bootwright run DIR/vhdx.raw
      bootwright: Expected raw data in image file DIR/vhdx.raw, but found the mark of vhdx at offset 0 [IMAGE_UNUSABLE]
      bootwright:   hint: Convert it: qemu-img convert -f vhdx -O qcow2 IN OUT
      [exit code 2]

      $ bootwright run DIR/qcow2-as-raw.yaml
      bootwright: Expected raw data in image file DIR/disk.qcow2, but found the mark of qcow2 at offset 0 [IMAGE_UNUSABLE]
      bootwright:   hint: State format: qcow2 if that is meant
      [exit code 2]

      $ bootwright run DIR/raw-as-qcow2.yaml
      bootwright: Expected qcow2 data in image file DIR/disk.raw, but found no qcow2 mark at offset 0 [IMAGE_UNUSABLE]
      bootwright:   hint: State format: raw if that is meant
      [exit code 2]

      $ bootwright run DIR/gone.yaml
      bootwright: Image file DIR/gone.qcow2 is not there or cannot be reached [IMAGE_UNUSABLE]
      bootwright:   hint: Give the path of a raw or qcow2 image file
      bootwright: because: ENOENT: no such file or directory, lstat 'DIR/gone.qcow2'
      [exit code 2]

      $ bootwright run DIR/digest.yaml
      bootwright: Expected image file DIR/disk.qcow2 to have sha256 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f, but it has 9d4bfb4f3589cc2a787de59b712403b3fb077621c74a0333934a7e58be204612 [IMAGE_DIGEST]
      bootwright:   hint: Fetch the image again, or correct source.sha256 in its manifest
      [exit code 2]"
    `);
  });

  test("a qcow2 that is damaged or would open files of the host is refused", async () => {
    const whole = qcow2Bytes();
    const secret = file("secret", "of the host");
    const qcow2 = (name: string, fields: Parameters<typeof qcow2Bytes>[0]) =>
      file(name, qcow2Bytes(fields));
    expect(
      await seen(
        ["run", file("truncated.qcow2", whole.subarray(0, 100_000))],
        ["run", file("header-only.qcow2", whole.subarray(0, 50))],
        ["run", qcow2("backing.qcow2", { backingFile: secret, backingFormat: "raw" })],
        ["run", qcow2("external.qcow2", { dataFile: secret, incompatible: 4n })],
        [
          "run",
          qcow2("json.qcow2", {
            backingFile: `json:{"driver":"raw","file.filename":"${secret}"}`,
            backingFormat: "raw",
          }),
        ],
        ["run", qcow2("nbd.qcow2", { backingFile: "nbd://host/disk", backingFormat: "raw" })],
        ["run", qcow2("huge.qcow2", { virtualSizeBytes: 1n << 62n })],
        ["run", qcow2("nothing.qcow2", { virtualSizeBytes: 0n })],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run DIR/truncated.qcow2
      bootwright: Expected a sound qcow2 file in image file DIR/truncated.qcow2, but found this: the L1 table (8 bytes at offset 196608, named at offset 40) lies beyond the end of the file at 100000: the file is truncated [IMAGE_UNUSABLE]
      bootwright:   hint: Copy or build it again; qemu-img check tells more
      [exit code 2]

      $ bootwright run DIR/header-only.qcow2
      bootwright: Expected a sound qcow2 file in image file DIR/header-only.qcow2, but found this: the header needs 72 bytes, the file has 50 [IMAGE_UNUSABLE]
      bootwright:   hint: Copy or build it again; qemu-img check tells more
      [exit code 2]

      $ bootwright run DIR/backing.qcow2
      bootwright: Expected no backing file but those of source.allowBacking in image file DIR/backing.qcow2, but found "DIR/secret" [IMAGE_UNUSABLE]
      bootwright:   hint: Allow that very path in the manifest, or make one file with qemu-img convert
      [exit code 2]

      $ bootwright run DIR/external.qcow2
      bootwright: Expected no data file but those of source.allowBacking in image file DIR/external.qcow2, but found "DIR/secret" [IMAGE_UNUSABLE]
      bootwright:   hint: Allow that very path in the manifest, or make one file with qemu-img convert
      [exit code 2]

      $ bootwright run DIR/json.qcow2
      bootwright: Expected a backing file that is a path in image file DIR/json.qcow2, but found "json:{"driver":"raw","file.filename":"DIR/secret"}" [IMAGE_UNUSABLE]
      bootwright:   hint: qemu-img convert makes one file of it
      [exit code 2]

      $ bootwright run DIR/nbd.qcow2
      bootwright: Expected a backing file that is a path in image file DIR/nbd.qcow2, but found "nbd://host/disk" [IMAGE_UNUSABLE]
      bootwright:   hint: qemu-img convert makes one file of it
      [exit code 2]

      $ bootwright run DIR/huge.qcow2
      bootwright: Expected between 1 B and 16384.00 GiB in image file DIR/huge.qcow2, but found 4294967296.00 GiB (virtual size at offset 24) [IMAGE_UNUSABLE]
      bootwright:   hint: Check the image's build
      [exit code 2]

      $ bootwright run DIR/nothing.qcow2
      bootwright: Expected between 1 B and 16384.00 GiB in image file DIR/nothing.qcow2, but found 0 B (virtual size at offset 24) [IMAGE_UNUSABLE]
      bootwright:   hint: Check the image's build
      [exit code 2]"
    `);
  });

  test("every problem of a manifest is told with its line and column", async () => {
    const manifest = file(
      "wrong.yaml",
      [
        "schema: 1",
        "name: Wrong Name",
        "titel: A typo",
        "source: { file: disk.raw, format: vmdk, sha265: abc }",
        "machine: { memoryMiB: lots, cpus: 0 }",
        "disks:",
        "  - { serial: data, sizeMb: 5 }",
        "",
      ].join("\n"),
    );
    expect(
      await seen(
        ["run", manifest],
        ["run", file("broken.yaml", "schema: 1\nname: [\n")],
        ["run", file("list.yaml", "- 1\n")],
        [
          "run",
          file(
            "profile.yaml",
            "schema: 1\nname: own\ntitle: Own\nsource: { file: disk.raw, format: raw }\nprofile: nope\n",
          ),
        ],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run DIR/wrong.yaml
      bootwright: File DIR/wrong.yaml has 8 problems:
      bootwright: DIR/wrong.yaml:2:7: name: expected lower-case letters, digits and single hyphens
      bootwright: DIR/wrong.yaml:3:1: titel: unknown key
      bootwright: DIR/wrong.yaml:4:35: source.format: Invalid option: expected one of "raw"|"qcow2"
      bootwright: DIR/wrong.yaml:4:41: source.sha265: unknown key
      bootwright: DIR/wrong.yaml:5:23: machine.memoryMiB: Invalid input: expected number, received string
      bootwright: DIR/wrong.yaml:5:35: machine.cpus: Too small: expected number to be >=1
      bootwright: DIR/wrong.yaml:7:5: disks[0].sizeMiB: is missing (expected number)
      bootwright: DIR/wrong.yaml:7:21: disks[0].sizeMb: unknown key [CONFIG_INVALID]
      bootwright:   hint: images/schema.ts, profile/profile.ts and mutant.ts say what each key means
      [exit code 2]

      $ bootwright run DIR/broken.yaml
      bootwright: File DIR/broken.yaml has 1 problem:
      bootwright: DIR/broken.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ] [CONFIG_INVALID]
      bootwright:   hint: images/schema.ts, profile/profile.ts and mutant.ts say what each key means
      [exit code 2]

      $ bootwright run DIR/list.yaml
      bootwright: File DIR/list.yaml has 1 problem:
      bootwright: DIR/list.yaml:1:1: Invalid input: expected object, received array [CONFIG_INVALID]
      bootwright:   hint: images/schema.ts, profile/profile.ts and mutant.ts say what each key means
      [exit code 2]

      $ bootwright run DIR/profile.yaml
      bootwright: There is no profile nope; known: containeros-3.4, containeros-3.5, generic, probe, reference, reference-ab, traditional [CONFIG_INVALID]
      bootwright:   hint: Give a name or a .yaml path
      [exit code 2]"
    `);
  });
});

describe("--injection", () => {
  test("that the manifest does not prepare is refused", async () => {
    file(
      "parts.raw",
      gptBytes([{ typeGuid: biosBootGuid, label: "only", firstSector: 64, lastSector: 127 }]),
    );
    const manifest = file(
      "parts.yaml",
      "schema: 1\nname: parts\nsource: { file: parts.raw, format: raw }\nagent: { etcLayer: { partition: { number: 5 }, directory: / } }\n",
    );
    expect(
      await seen(
        ["run", "probe", "--injection", "etc-unit"],
        ["boot", "traditional", "--injection", "builtin"],
        ["run", manifest, "--injection", "etc-unit", "--out", join(dir.path, "parts")],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run probe --injection etc-unit
      bootwright: --injection etc-unit needs to know where the writable layer of /etc lies, which the manifest of probe does not say [USAGE]
      bootwright:   hint: Write a manifest with agent.etcLayer: a disk or partition, and a directory in it
      [exit code 2]

      $ bootwright boot traditional --injection builtin
      bootwright: --injection builtin is for images that start the agent themselves, which the manifest of traditional does not say of it [USAGE]
      bootwright:   hint: Add builtin to agent.injection in the manifest
      [exit code 2]

      $ bootwright run DIR/parts.yaml --injection etc-unit --out DIR/parts
      bootwright: Expected one partition number 5 on the disk in DIR/parts.raw, but it has these: 1 (only) [IMAGE_UNUSABLE]
      bootwright:   hint: Correct the partition's name in the manifest
      [exit code 2]"
    `);
  });
});

describe("--out", () => {
  test("must be a directory that is empty or absent, and is told before any work", async () => {
    mkdirSync(join(dir.path, "full"));
    file("full/report.txt", "of somebody");
    expect(
      await seen(
        ["run", "probe", "--out", join(dir.path, "full")],
        ["run", "probe", "--out", file("in-the-way", "")],
        ["run", "probe", "--out", join(dir.path, "in-the-way", "below")],
        ["run", "probe", "--out", "/proc/run"],
        ["boot", "probe", "--out", join(dir.path, "full")],
      ),
    ).toMatchInlineSnapshot(`
      "$ bootwright run probe --out DIR/full
      bootwright: Run directory DIR/full must be empty or absent; it holds 1 entry [USAGE]
      bootwright:   hint: Name another directory with --out, or remove this one
      [exit code 2]

      $ bootwright run probe --out DIR/in-the-way
      bootwright: Run directory DIR/in-the-way must be a directory; a file is in the way [USAGE]
      bootwright:   hint: Name another directory with --out
      bootwright: because: EEXIST: file already exists, mkdir 'DIR/in-the-way'
      [exit code 2]

      $ bootwright run probe --out DIR/in-the-way/below
      bootwright: Run directory DIR/in-the-way/below must be a directory; a file is in the way [USAGE]
      bootwright:   hint: Name another directory with --out
      bootwright: because: ENOTDIR: not a directory, mkdir 'DIR/in-the-way/below'
      [exit code 2]

      $ bootwright run probe --out /proc/run
      bootwright: /proc/run could not be written (ENOENT) [HOST_RESOURCE]
      bootwright:   hint: Check that the directory exists and may be written, or name another with --out
      bootwright: because: ENOENT: no such file or directory, mkdir '/proc/run'
      [exit code 3]

      $ bootwright boot probe --out DIR/full
      bootwright: --out must be a directory that is empty or absent, not DIR/full [USAGE]
      bootwright:   hint: Name another directory with --out, or remove this one
      [exit code 2]"
    `);
  });
});

describe("the host", () => {
  test("no QEMU is told with the command that installs it", async () => {
    const cache = join(dir.path, "empty-cache");
    const out = join(dir.path, "no-qemu");
    const text = await transcript(
      [
        ["run", "probe", "--out", out],
        ["boot", "probe"],
      ],
      {
        env: {
          PATH: join(dir.path, "nowhere"),
          BOOTWRIGHT_CACHE: cache,
          BOOTWRIGHT_TOOLS_TREE: undefined,
        },
        hidden: { DIR: dir.path },
      },
    );
    expect(text).toMatchInlineSnapshot(`
      "$ bootwright run probe --out DIR/no-qemu
      bootwright: qemu-system-x86_64 --version did not work [HOST_TOOL_MISSING]
      bootwright:   hint: Run ci/setup
      bootwright: because: Program qemu-system-x86_64 is not installed [HOST_TOOL_MISSING]
      bootwright:   hint: Run ci/setup, or \`bootwright doctor\` for the list
      [exit code 3]

      $ bootwright boot probe
      bootwright: qemu-system-x86_64 --version did not work [HOST_TOOL_MISSING]
      bootwright:   hint: Run ci/setup
      bootwright: because: Program qemu-system-x86_64 is not installed [HOST_TOOL_MISSING]
      bootwright:   hint: Run ci/setup, or \`bootwright doctor\` for the list
      [exit code 3]"
    `);
    const tree = await transcript([["run", "probe", "--out", out]], {
      env: { BOOTWRIGHT_TOOLS_TREE: join(dir.path, "no-tree") },
      hidden: { DIR: dir.path },
    });
    expect(tree).toMatchInlineSnapshot(`
      "$ bootwright run probe --out DIR/no-qemu
      bootwright: BOOTWRIGHT_TOOLS_TREE names DIR/no-tree, which does not exist [HOST_TOOL_MISSING]
      bootwright:   hint: Run ci/setup
      [exit code 3]"
    `);
  });
});
