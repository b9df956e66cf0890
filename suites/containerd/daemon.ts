import { z } from "zod";
import { type Asked, ask } from "../node-runtime/ask.ts";

const text = z.string().max(4096);

/** What containerd says of itself. */
export interface DaemonFacts {
  readonly version: string;
  readonly revision: string;
  readonly plugins: readonly {
    readonly type: string;
    readonly id: string;
    readonly error: string;
  }[];
  readonly storage: {
    readonly root: string;
    /** The number of its kind of file system, as in statfs(2). */
    readonly magic: number;
    readonly availableBytes: number;
    readonly sizeBytes: number;
  };
  /** In which it is; its path is "" without cgroup v2. */
  readonly cgroup: {
    readonly path: string;
    readonly controllers: readonly string[];
    /** Whether systemd has marked it as one that it leaves to others. */
    readonly isDelegated: boolean;
  };
  /** What a program without privileges gets at the socket: an error, or "" when it is let in. */
  readonly stranger: string;
  /** What the shim for runc says of itself; or `error` with why it says nothing. */
  readonly shim: string;
}

/** What its CRI plugin says. */
export interface CriFacts {
  readonly runtime: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly isMet: boolean;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly cgroupDriver: "systemd" | "cgroupfs" | "";
  /** "" where it is not told. */
  readonly sandboxImage: string;
  readonly hasSandboxImage: boolean;
  readonly network: {
    readonly programDirectories: readonly string[];
    readonly configDirectory: string;
    readonly networks: readonly {
      readonly file: string;
      readonly name: string;
      readonly plugins: readonly string[];
      readonly missing: readonly string[];
    }[];
    readonly problems: readonly string[];
  };
}

const daemonSchema: z.ZodType<DaemonFacts> = z.object({
  version: text,
  revision: text,
  plugins: z.array(z.object({ type: text, id: text, error: text })).max(1000),
  storage: z.object({
    root: text,
    magic: z.number(),
    availableBytes: z.number(),
    sizeBytes: z.number(),
  }),
  cgroup: z.object({
    path: text,
    controllers: z.array(text).max(100),
    isDelegated: z.boolean(),
  }),
  stranger: text,
  shim: text,
});

const criSchema: z.ZodType<CriFacts> = z.object({
  runtime: text,
  version: text,
  apiVersion: text,
  conditions: z
    .array(z.object({ type: text, isMet: z.boolean(), reason: text, message: text }))
    .max(100),
  cgroupDriver: z.enum(["systemd", "cgroupfs", ""]),
  sandboxImage: text,
  hasSandboxImage: z.boolean(),
  network: z.object({
    programDirectories: z.array(text).max(100),
    configDirectory: text,
    networks: z
      .array(
        z.object({
          file: text,
          name: text,
          plugins: z.array(text).max(1000),
          missing: z.array(text).max(1000),
        }),
      )
      .max(100),
    problems: z.array(text).max(300),
  }),
});

let daemon: Promise<DaemonFacts> | undefined;
let cri: Promise<CriFacts> | undefined;

/** Asked once a run. */
export const daemonFacts = async (asked: Asked): Promise<DaemonFacts> => {
  daemon ??= ask(asked, ["daemon"], daemonSchema);
  return await daemon;
};

/** Asked once a run. */
export const criFacts = async (asked: Asked): Promise<CriFacts> => {
  cri ??= criFactsNow(asked);
  return await cri;
};

/** Asked anew. */
export const criFactsNow = (asked: Asked): Promise<CriFacts> => ask(asked, ["cri"], criSchema);

const triedSchema = z.object({
  features: z.array(z.object({ name: text, error: text })).max(100),
});

/** Features of the kernel that do not work, with why. */
export const brokenFeatures = async (
  asked: Asked,
  features: readonly string[],
): Promise<readonly string[]> => {
  const tried = await ask(asked, ["kernel", ...features], triedSchema);
  return tried.features
    .filter(({ error }) => error !== "")
    .map(({ name, error }) => `${name}: ${error}`);
};
