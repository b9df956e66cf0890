import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CpioEntry, cpioArchive } from "../../../images/builder/cpio.ts";
import { exec } from "../../core/exec.ts";
import { runGo } from "../../core/run-go.ts";
import { noOpProgram } from "./no-op-program.ts";

/** An initramfs in `directory` with `rawport` as init, the no-op program, and on request Debian's qemu-guest-agent. */
export const buildRawInitrd = async (
  directory: string,
  options: { readonly hasGuestAgent: boolean },
): Promise<string> => {
  const program = join(directory, "rawport");
  await runGo(["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", program, "."], {
    directory: join(import.meta.dirname, "rawport"),
    name: "rawport",
  });
  const files = [
    file("init", readFileSync(program)),
    file("noop", noOpProgram()),
    ...(options.hasGuestAgent ? await guestAgentFiles(join(directory, "qemu-ga")) : []),
  ];
  const initrd = join(directory, "raw-initrd");
  writeFileSync(initrd, cpioArchive([...foldersOf(files), ...files]));
  return initrd;
};

/** The program, its libraries and its loader, unpacked from the package; nothing is installed. */
const guestAgentFiles = async (root: string): Promise<readonly CpioEntry[]> => {
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  await exec("mmdebstrap", [
    ...["--quiet", "--variant=extract", '--aptopt=APT::Install-Recommends "false"'],
    ...["--include=qemu-guest-agent", "trixie", root],
    ...(mirror === undefined ? [] : [mirror]),
  ]);
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  const program = join(root, "usr/sbin/qemu-ga");
  const { stdout } = await exec(loader, ["--library-path", libraries, "--list", program]);
  const needed = [...stdout.matchAll(/^\s*(\S+) => \/.*\/([^/ ]+) \(/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => !name.includes("/"));
  return [
    file("usr/sbin/qemu-ga", readFileSync(program)),
    file("lib64/ld-linux-x86-64.so.2", readFileSync(loader)),
    ...needed.map((name) =>
      file(`usr/lib/x86_64-linux-gnu/${name}`, readFileSync(join(libraries, name))),
    ),
  ];
};

const file = (name: string, data: Uint8Array): CpioEntry => ({ name, mode: 0o100755, data });

const foldersOf = (files: readonly CpioEntry[]): readonly CpioEntry[] => {
  const names = new Set(["dev", "run"]);
  for (const { name } of files)
    for (let folder = dirname(name); folder !== "."; folder = dirname(folder)) names.add(folder);
  return [...names].toSorted().map((name) => ({ name, mode: 0o040755, data: new Uint8Array() }));
};
