import { z } from "zod";
import { agentNeeds } from "./agent-schema.ts";
import {
  hostPath,
  name,
  oneLine,
  partitionName,
  perAccelerator,
  profileName,
  reject,
  schemaVersion,
  uniqueBy,
  unitName,
} from "./field-schemas.ts";
import { blankDisk, credentials, machineNeeds } from "./machine-schema.ts";
import { releaseFilesSchema } from "./release-file-schema.ts";
import {
  bootPhases,
  type ImageSource,
  type ReadyWitness,
  type StatedManifest,
  type StatedSystemDisk,
} from "./schema.ts";
import { updateCommandsSchema } from "./update-commands-schema.ts";

const source: z.ZodType<ImageSource> = z
  .strictObject({
    build: name.optional(),
    file: hostPath.optional(),
    format: z.enum(["raw", "qcow2"]).optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits")
      .optional(),
    allowBacking: z.array(hostPath).max(16).optional(),
    obtain: oneLine.optional(),
  })
  .transform((stated, context): ImageSource => {
    const { build, file, format, sha256, allowBacking, obtain } = stated;
    const alone = build === undefined ? "obtain" : "build";
    if (build !== undefined || obtain !== undefined) {
      const given = Object.values(stated).filter((value) => value !== undefined);
      if (given.length > 1) return reject(context, `${alone} stands alone`);
      if (build !== undefined) return { kind: "build", recipe: build };
      return { kind: "given", obtain: obtain ?? "" };
    }
    if (file === undefined) return reject(context, "expected build, file or obtain");
    if (format === undefined) {
      return reject(context, "is missing: the format is never guessed (raw or qcow2)", ["format"]);
    }
    return {
      kind: "file",
      path: file,
      format,
      allowBacking: allowBacking ?? [],
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  });

/** One of the words, or what the schema says. Not z.union, whose one message for all branches helps nobody. */
const wordOr = <W extends string, T>(words: readonly W[], schema: z.ZodType<T>): z.ZodType<T | W> =>
  z.unknown().transform((value, context): T | W => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const result = schema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  });

const systemDisk: z.ZodType<StatedSystemDisk> = z.strictObject({
  readOnly: z.boolean().default(false),
  rootPartition: wordOr(["none", "detect"], partitionName).default("none"),
});

const ready: z.ZodType<ReadyWitness> = z
  .strictObject({
    unit: unitName.optional(),
    console: oneLine.optional(),
    agent: z.literal(true, "expected true").optional(),
  })
  .transform(({ unit, console, agent }, context): ReadyWitness => {
    const given = [unit, console, agent].filter((value) => value !== undefined);
    if (given.length !== 1) return reject(context, "expected one of unit, console, agent");
    if (unit !== undefined) return { kind: "unit", unit };
    return console === undefined ? { kind: "agent" } : { kind: "console", text: console };
  });

const profileReference = z
  .string()
  .refine(
    (text) => /\.ya?ml$/.test(text) || profileName.safeParse(text).success,
    "expected a profile's name, the path of a .yaml file, or detect",
  );

const defaultReady = (injection: readonly unknown[]): ReadyWitness =>
  injection.length > 0 ? { kind: "agent" } : { kind: "console", text: "login: " };

const fieldsAgree = (manifest: StatedManifest, context: z.RefinementCtx): void => {
  const { source, machine, systemDisk, agent, ready, releases } = manifest;
  etcLayerIsThere(manifest, context);
  if (systemDisk === "none") {
    if (machine.boot.kind !== "kernel") {
      reject(context, "only `boot: kernel` works without a system disk", ["systemDisk"]);
    }
    if (source.kind !== "build") {
      reject(context, "a file source is the system disk, so there is one", ["systemDisk"]);
    }
  }
  if (
    source.kind !== "build" &&
    machine.boot.kind === "kernel" &&
    machine.boot.kernel === undefined
  ) {
    reject(context, "is missing: a kernel boot of a file needs the kernel's path", [
      "machine",
      "kernel",
    ]);
  }
  if (agent.injection.length === 0 && ready.kind !== "console") {
    reject(context, "only the agent can see this, and agent.injection is empty", ["ready"]);
  }
  if (source.kind === "build" && releases !== undefined) {
    reject(context, "the releases of an image that is built here are built too", ["releases"]);
  }
};

const etcLayerIsThere = (
  { agent, disks, systemDisk }: StatedManifest,
  context: z.RefinementCtx,
): void => {
  const on = agent.etcLayer?.on;
  if (on?.kind === "disk" && !disks.some(({ serial }) => serial === on.serial)) {
    reject(context, "expected the serial of one of `disks`", ["agent", "etcLayer", "disk"]);
  }
  if (on?.kind === "partition" && systemDisk === "none") {
    reject(context, "there is no system disk", ["agent", "etcLayer", "partition"]);
  }
};

const defaultBootMs = { kvm: 120_000, tcg: 480_000 };

export const manifestSchema: z.ZodType<StatedManifest> = z
  .strictObject({
    schema: schemaVersion,
    name,
    title: oneLine.exactOptional(),
    source,
    profile: profileReference.default("generic"),
    machine: machineNeeds.prefault({}),
    systemDisk: wordOr(["none"], systemDisk).prefault({}),
    disks: z
      .array(blankDisk)
      .max(16)
      .superRefine(uniqueBy(({ serial }) => serial))
      .default([]),
    credentials: credentials.default({}),
    console: z
      .strictObject({
        device: z.string().regex(/^tty[A-Z]+\d+$/, "expected a device such as ttyS0"),
      })
      .default({ device: "ttyS0" }),
    agent: agentNeeds.prefault({}),
    ready: ready.exactOptional(),
    deadlines: z.strictObject({ bootMs: perAccelerator }).default({ bootMs: defaultBootMs }),
    budgets: z
      .array(
        z.strictObject({
          phase: z.enum(bootPhases),
          budgetMs: perAccelerator,
          secureBootMs: perAccelerator.exactOptional(),
        }),
      )
      .superRefine(uniqueBy(({ phase }) => phase))
      .default([]),
    suites: z.array(name).max(64).exactOptional(),
    releases: releaseFilesSchema.exactOptional(),
    updateCommands: updateCommandsSchema.exactOptional(),
  })
  .transform((fields) => ({
    ...fields,
    title: fields.title ?? fields.name,
    ready: fields.ready ?? defaultReady(fields.agent.injection),
  }))
  .superRefine(fieldsAgree);
