import { z } from "zod";
import { oneLine, uniqueBy } from "../field-schemas.ts";

/** What an operating system may promise not to have. Each is a check of the suite minimal-os. */
export const unwanted = [
  "shells",
  "interpreters",
  "package-managers",
  "ssh",
  "login-programs",
  "compilers",
  "debug-tools",
  "packed-programs",
  /** Files that begin with `#!` and could run. */
  "scripts",
  /** What the system starts through a shell, a script or an interpreter, whether that is there or not. */
  "shell-references",
  /** Programs that the system starts by name and that are not there. */
  "missing-programs",
  /** ELF files that no package brought; ones that are not as their package has them. */
  "unowned-elf",
  "altered-elf",
  /** Files that run as their owner or group, or with capabilities. */
  "setuid",
] as const;
export type Unwanted = (typeof unwanted)[number];

/** What the minimal-os suite expects. A part that is absent is no promise: its check comes out `unsupported`. */
export interface MinimalOs {
  /** With the exceptions to each promise. */
  readonly without: Readonly<Partial<Record<Unwanted, readonly Allowance[]>>>;
  /** The one machine that all ELF files are for, as in x86_64. */
  readonly architecture?: string;
  /** The one container runtime that is there. */
  readonly containerRuntime?: string;
  readonly limits: Limits;
}

export interface Allowance {
  /** A path as `inspect` tells it; `*` stands for any text. */
  readonly path: string;
  readonly reason: string;
}

/** Each is the most that may be there. */
export interface Limits {
  readonly packages?: number;
  /** Of the disk that the image is. */
  readonly diskMiB?: number;
  /** Of all files in the root. */
  readonly filesMiB?: number;
  /** In use when the boot is over, without the agent's share. */
  readonly idleMiB?: number;
  /** Processes and threads when the boot is over, the kernel's included, without the agent's. */
  readonly idleTasks?: number;
}

const allowance = z.strictObject({
  path: z.string().max(4096).regex(/[^*]/, "expected more than *"),
  reason: oneLine,
});
const limit = z.int().min(1).max(1_000_000_000).exactOptional();

export const minimalOsSchema: z.ZodType<MinimalOs> = z.strictObject({
  without: z.partialRecord(
    z.enum(unwanted),
    z
      .array(allowance)
      .max(100)
      .superRefine(uniqueBy(({ path }) => path)),
  ),
  architecture: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}$/, "expected a machine such as x86_64")
    .exactOptional(),
  containerRuntime: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, "expected a runtime such as containerd")
    .exactOptional(),
  limits: z
    .strictObject({
      packages: limit,
      diskMiB: limit,
      filesMiB: limit,
      idleMiB: limit,
      idleTasks: limit,
    })
    .default({}),
});
