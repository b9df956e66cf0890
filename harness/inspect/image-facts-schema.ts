import { z } from "zod";
import { factsVersion, fileSystemKinds, type ImageFacts } from "./image-facts.ts";
import { problemKinds } from "./problem.ts";
import { programCategories } from "./programs/known-program.ts";

const text = z.string();
const count = z.number().int().nonnegative();
const list = <Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> =>
  z.array(item).readonly();

const fileSystem = z.object({
  kind: z.enum(fileSystemKinds),
  label: text.exactOptional(),
  uuid: text.exactOptional(),
  contents: z.discriminatedUnion("state", [
    z.object({ state: z.literal("read") }),
    z.object({ state: z.literal("unreadable"), reason: text }),
    z.object({ state: z.literal("unsupported"), reason: text }),
  ]),
});

const partition = z.object({
  index: count,
  label: text,
  typeGuid: text,
  startByte: count,
  sizeBytes: count,
  fileSystem,
});

const owned = z.object({ path: text, uid: count, gid: count });

const root = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("found"),
    partition: count,
    path: text,
    deployment: z.object({ os: text, checksum: text, serial: count }).exactOptional(),
    madeAt: text,
    others: list(text),
    osRelease: z.object({ path: text, fields: z.record(z.string(), text) }).exactOptional(),
  }),
  z.object({ state: z.literal("none"), reason: text }),
]);

const packageRow = z.object({
  name: text,
  version: text,
  architecture: text,
  installedBytes: count,
});

const packages = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("read"),
    kind: z.enum(["dpkg", "rpm"]),
    path: text,
    installedBytes: count,
    list: list(packageRow),
  }),
  z.object({ state: z.literal("none"), reason: text }),
  z.object({ state: z.literal("corrupt"), path: text, reason: text }),
  z.object({ state: z.literal("unsupported"), path: text, reason: text }),
]);

const program = z.object({
  path: text,
  kind: z.enum(["file", "link"]),
  program: text,
  category: z.enum(programCategories),
  evidence: list(z.object({ kind: z.enum(["name", "symbol", "library", "text"]), seen: text })),
});

const elf = z.object({
  count,
  machine: text.exactOptional(),
  machines: z.record(z.string(), count),
  foreign: list(z.object({ path: text, machine: text })),
  static: list(text),
  callShell: list(text),
  unowned: z.discriminatedUnion("state", [
    z.object({ state: z.literal("known"), paths: list(text) }),
    z.object({ state: z.literal("unknown"), reason: text }),
  ]),
  altered: list(text).exactOptional(),
  unverified: list(text).exactOptional(),
});

const script = z.object({
  path: text,
  interpreter: text,
  interpreterState: z.enum(["found", "absent", "loop", "unreadable"]),
  isExecutable: z.boolean(),
});

const reference = z.object({
  file: text,
  line: count,
  key: text,
  command: text,
  program: text,
  kind: z.enum(["shell", "language", "script", "program"]),
  isPresent: z.boolean(),
});

const services = z.object({
  units: count,
  enabled: list(z.object({ unit: text, by: text, isPresent: z.boolean() })),
  masked: list(text),
  sockets: list(z.object({ unit: text, kind: text, address: text, isEnabled: z.boolean() })),
  getty: z.object({ enabled: list(text), generator: text.exactOptional() }),
  references: list(reference),
});

const accounts = z.object({
  shadow: z.enum(["read", "absent"]),
  withPassword: list(text),
  withEmptyPassword: list(text),
  locked: count,
  superusers: list(text),
  loginShells: list(z.object({ account: text, shell: text, isPresent: z.boolean() })),
  authorizedKeys: list(text),
});

/** What `inspect --json` prints. */
export const imageFactsSchema: z.ZodType<ImageFacts> = z.object({
  schemaVersion: z.literal(factsVersion),
  image: z.object({
    path: text,
    format: z.enum(["raw", "qcow2"]),
    fileBytes: count,
    virtualBytes: count,
    sha256: text.exactOptional(),
  }),
  partitionTable: z.object({
    scheme: z.enum(["gpt", "mbr", "none"]),
    sectorBytes: count,
    partitions: list(partition),
  }),
  root,
  kernels: list(z.object({ path: text, version: text.exactOptional(), sizeBytes: count })),
  initrds: list(
    z.object({
      path: text,
      sizeBytes: count,
      sha256: text,
      packings: list(text),
      entries: count.exactOptional(),
    }),
  ).exactOptional(),
  moduleTrees: list(text),
  packages,
  files: z.object({
    files: count,
    directories: count,
    links: count,
    devices: count,
    bytes: count,
    setuid: list(owned),
    setgid: list(owned),
    capable: list(text).exactOptional(),
  }),
  elf,
  programs: list(program),
  scripts: list(script),
  services,
  accounts,
  problems: list(z.object({ kind: z.enum(problemKinds), where: text, message: text })),
});
