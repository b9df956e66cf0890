import { GiB } from "../../core/units.ts";
import { type ElfFile, isElf, readElf } from "../elf/elf-file.ts";
import { factText } from "../fact-text.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { FoundFile, ImageView } from "../image-view.ts";
import { packingOf } from "../initrd/unpack-initrd.ts";
import { kernelVersion } from "../kernel-version.ts";
import { maxProgramBytes, type Recognised, recogniseElf } from "./recognise.ts";

export interface ScannedFiles {
  readonly elfs: readonly ScannedElf[];
  readonly scripts: readonly ScannedScript[];
  readonly kernels: readonly ScannedKernel[];
  readonly archives: readonly ScannedArchive[];
}

export interface ScannedElf extends FoundFile {
  readonly elf: ElfFile;
  readonly programs: readonly Recognised[];
  readonly callsShell: boolean;
}

export interface ScannedScript extends FoundFile {
  /** What stands behind #! up to the first blank, and the rest. */
  readonly interpreter: string;
  readonly argument: string;
}

interface ScannedKernel extends FoundFile {
  readonly version: string;
}

/** What may be an initrd. */
export interface ScannedArchive extends FoundFile {
  readonly packing: string;
}

const headBytes = 4096;
/** Of all ELF files together: what a sparse image says of its sizes costs nothing to say. */
const maxSearchedBytes = 8 * GiB;
const callsOfShell = ["system", "popen"];

/** Looks into every file once, whatever it is called. What cannot be read is told in the view's problems. */
export const scanFiles = (view: ImageView): ScannedFiles => {
  const found: OpenScan = {
    elfs: [],
    scripts: [],
    kernels: [],
    archives: [],
    searchedBytes: 0,
  };
  for (const file of view.files) {
    if (file.node.sizeBytes === 0) continue;
    const bytes = view.bytesOf(file.node);
    if (bytes === undefined) {
      tell(view, "unreadable-file", file, "its content cannot be read");
      continue;
    }
    const head = bytes.read(0, headBytes);
    if (isElf(head)) {
      addElf(view, found, file, bytes);
      continue;
    }
    const script = scriptOf(head);
    if (script !== undefined) found.scripts.push({ ...file, ...script });
    const version = kernelVersion(bytes, head);
    if (version !== undefined) found.kernels.push({ ...file, version });
    const packing = packingOf(head);
    if (packing !== undefined) found.archives.push({ ...file, packing });
  }
  return found;
};

interface OpenScan extends ScannedFiles {
  readonly elfs: ScannedElf[];
  readonly scripts: ScannedScript[];
  readonly kernels: ScannedKernel[];
  readonly archives: ScannedArchive[];
  searchedBytes: number;
}

const addElf = (view: ImageView, found: OpenScan, file: FoundFile, bytes: FileBytes): void => {
  const elf = readElf(bytes);
  if (elf === undefined) {
    tell(view, "damaged-elf", file, "it has the mark of an ELF file and no sound header");
    return;
  }
  found.searchedBytes += file.node.sizeBytes;
  if (found.searchedBytes > maxSearchedBytes) {
    tell(view, "too-large", file, "so much was searched before that it is not");
    found.elfs.push({ ...file, elf, programs: [], callsShell: false });
    return;
  }
  if (file.node.sizeBytes > maxProgramBytes) {
    tell(view, "too-large", file, "only its first 512 MiB are searched");
  }
  const { programs, symbols } = recogniseElf(bytes, elf);
  const callsShell = callsOfShell.some((name) => symbols.wanted.has(name));
  found.elfs.push({ ...file, elf, programs, callsShell });
};

/** execve(2): Linux looks at the first 255 bytes; blanks may stand before and after the interpreter. */
const scriptOf = (
  head: Buffer,
): { readonly interpreter: string; readonly argument: string } | undefined => {
  const line = head.toString("latin1", 0, 256).split("\n")[0] ?? "";
  const [, interpreter, argument] = /^#![ \t]*([^ \t\0\r]+)[ \t]*([^\0\r]*)/.exec(line) ?? [];
  return interpreter === undefined ? undefined : { interpreter, argument: argument?.trim() ?? "" };
};

const tell = (
  view: ImageView,
  kind: "unreadable-file" | "damaged-elf" | "too-large",
  { path }: FoundFile,
  message: string,
): void => {
  view.problems.push({ kind, where: factText(path), message });
};
