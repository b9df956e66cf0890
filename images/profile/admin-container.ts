import { z } from "zod";
import { guestPath, oneLine, unitName } from "../field-schemas.ts";

/** What the admin-container suite expects. */
export interface AdminContainer {
  /** Programs of the image that ask for it, as argument lists in which placeholders stand for what is asked for. */
  readonly commands: AdminCommands;
  /** The port at which it takes logins over SSH, and for whom. */
  readonly port: number;
  readonly user: string;
  /** Where it has the host's root. */
  readonly hostRoot: string;
  /** Directories of the host that it sees there, and cannot write. */
  readonly hostDirectories: readonly string[];
  /** The unit of the container runtime, which runs only while the container does, and runs no workloads. */
  readonly runtimeUnit: string;
  readonly trace: AdminTrace;
}

export interface AdminCommands {
  /** `%k` stands for a public key that may log in, as OpenSSH writes it, `%p` for the port. */
  readonly start: readonly string[];
  readonly stop: readonly string[];
  /**
   * Runs a program in the container; `%a` stands for a JSON array of the program and its arguments. Prints JSON:
   * `exitStatus`, `stdout`, `stderr`.
   */
  readonly exec: readonly string[];
}

/** How the journal shows what was asked for. */
export interface AdminTrace {
  /** Its entries, as journalctl matches them. */
  readonly match: string;
  /** The field with the word for what was asked for: `start`, `stop`, `exec`. */
  readonly action: string;
  /** The field that says how it came out, with its words for a request that only begins and for one that was granted. */
  readonly result: string;
  readonly begun: string;
  readonly granted: string;
  /** Fields that say who asked: the user's number, and the program. */
  readonly callerUid: string;
  readonly callerProgram: string;
}

const field = z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "expected a field of the journal");

const command = (...placeholders: readonly string[]) =>
  z
    .array(z.string().max(1000))
    .min(1)
    .max(50)
    .refine(
      (argv) => placeholders.every((one) => argv.join("\n").includes(one)),
      `expected a program and its arguments${placeholders.map((one) => `, ${one} among them`).join("")}`,
    );

export const adminContainerSchema: z.ZodType<AdminContainer> = z.strictObject({
  commands: z.strictObject({
    start: command("%k", "%p"),
    stop: command(),
    exec: command("%a"),
  }),
  port: z.int().min(1).max(65_535),
  user: oneLine,
  hostRoot: guestPath,
  hostDirectories: z.array(guestPath).min(1).max(50),
  runtimeUnit: unitName,
  trace: z.strictObject({
    match: z.string().regex(/^[A-Z_]+=[\w.-]+$/, "expected FIELD=VALUE"),
    action: field,
    result: field,
    begun: oneLine,
    granted: oneLine,
    callerUid: field,
    callerProgram: field,
  }),
});
