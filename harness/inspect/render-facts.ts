import { printable } from "../core/printable.ts";
import { formatBytes } from "../core/units.ts";
import type { ImageFacts, InitrdFact } from "./image-facts.ts";

/** Long lists are in --json. */
const maxListed = 20;

type Section = readonly [title: string, lines: readonly string[]];

/** The facts for people; text of the image is escaped. */
export const renderFacts = (facts: ImageFacts): string =>
  sections(facts)
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((line) => `  ${printable(line)}`)].join("\n"))
    .join("\n")
    .concat("\n");

const sections = (facts: ImageFacts): readonly Section[] => [
  ["image", imageLines(facts)],
  ["partitions", partitionLines(facts)],
  ["root", rootLines(facts)],
  ["kernels", facts.kernels.map(({ path, version = "no version" }) => `${version}  ${path}`)],
  ["initrds", (facts.initrds ?? []).map(initrdLine)],
  ["packages", packageLines(facts)],
  ["files", fileLines(facts)],
  ["setuid and setgid files", setIdLines(facts)],
  ["ELF files", elfLines(facts)],
  ["known programs", listed(facts.programs.map(programLine))],
  ["scripts", scriptLines(facts)],
  ["services", serviceLines(facts)],
  [
    "started through an interpreter, or absent",
    listed(facts.services.references.map(referenceLine)),
  ],
  ["accounts", accountLines(facts)],
  [
    "problems",
    listed(facts.problems.map(({ kind, where, message }) => `${kind}  ${where}: ${message}`)),
  ],
];

const listed = (lines: readonly string[]): readonly string[] =>
  lines.length <= maxListed
    ? lines
    : [...lines.slice(0, maxListed), `… and ${lines.length - maxListed} more (--json has all)`];

const imageLines = ({ image }: ImageFacts): readonly string[] => [
  `${image.path}: ${image.format}, ${formatBytes(image.fileBytes)}, disk of ${formatBytes(image.virtualBytes)}`,
  ...(image.sha256 === undefined ? [] : [`sha256 ${image.sha256}`]),
];

const partitionLines = ({
  partitionTable: { scheme, partitions },
}: ImageFacts): readonly string[] =>
  partitions.map(({ index, label, startByte, sizeBytes, fileSystem }) => {
    const { kind, contents, uuid } = fileSystem;
    const name = label === "" ? "" : ` ${label}`;
    const volume = fileSystem.label === undefined ? "" : ` "${fileSystem.label}"`;
    const how = contents.state === "read" ? "" : `  (${contents.state}: ${contents.reason})`;
    return `${scheme} ${index}${name}: ${formatBytes(sizeBytes)} at ${startByte}, ${kind}${volume} ${uuid ?? ""}${how}`;
  });

const rootLines = ({ root }: ImageFacts): readonly string[] => {
  if (root.state === "none") return [`none: ${root.reason}`];
  const fields = root.osRelease?.fields ?? {};
  const shown = ["ID", "VERSION_ID", "VARIANT_ID", "IMAGE_ID", "IMAGE_VERSION"].flatMap((key) =>
    fields[key] === undefined ? [] : [`${key}=${fields[key]}`],
  );
  return [
    `partition ${root.partition}, ${root.path}`,
    ...(root.deployment === undefined
      ? []
      : [`OSTree deployment of ${root.deployment.os}, commit ${root.deployment.checksum}`]),
    root.osRelease === undefined
      ? "no os-release"
      : `${fields["PRETTY_NAME"] ?? "no PRETTY_NAME"}  ${shown.join(" ")}`,
    ...root.others.map((other) => `not inspected: ${other}`),
  ];
};

const initrdLine = ({ path, packings, entries }: InitrdFact): string =>
  entries === undefined
    ? `${path}: a copy of one above`
    : `${path}: ${entries} entries, packed with ${packings.join(", ")}`;

const packageLines = ({ packages }: ImageFacts): readonly string[] => {
  if (packages.state === "none") return [`none: ${packages.reason}`];
  if (packages.state !== "read") {
    return [`${packages.state}: ${packages.path}: ${packages.reason}`];
  }
  const size = formatBytes(packages.installedBytes);
  return [`${packages.list.length} of ${packages.kind}, ${size} installed, by ${packages.path}`];
};

const fileLines = ({ files }: ImageFacts): readonly string[] => [
  `${files.files} files (${formatBytes(files.bytes)}), ${files.directories} directories, ${files.links} links, ${files.devices} devices`,
];

const setIdLines = ({ files }: ImageFacts): readonly string[] =>
  listed([
    ...files.setuid.map(({ path, uid }) => `${path}  as user ${uid}`),
    ...files.setgid.map(({ path, gid }) => `${path}  as group ${gid}`),
    ...(files.capable ?? []).map((path) => `${path}  with capabilities`),
  ]);

const elfLines = ({ elf }: ImageFacts): readonly string[] => {
  const machines = Object.entries(elf.machines).map(([name, files]) => `${files} ${name}`);
  return [
    `${elf.count}: ${machines.join(", ")}; ${elf.callShell.length} call system() or popen()`,
    ...listed(elf.foreign.map(({ path, machine }) => `foreign: ${path} (${machine})`)),
    ...listed(elf.static.map((path) => `static: ${path}`)),
    ...(elf.unowned.state === "known"
      ? [
          `of no package: ${elf.unowned.paths.length}`,
          ...listed(elf.unowned.paths.map((path) => `of no package: ${path}`)),
          ...listed((elf.unverified ?? []).map((path) => `of a package without digests: ${path}`)),
          ...listed((elf.altered ?? []).map((path) => `not as its package has it: ${path}`)),
        ]
      : [`of no package: unknown, ${elf.unowned.reason}`]),
  ];
};

const programLine = ({
  path,
  program,
  category,
  evidence,
}: ImageFacts["programs"][number]): string =>
  `${category}: ${path} is ${program} by ${evidence.map(({ kind, seen }) => `${kind} ${seen}`).join(", ")}`;

const scriptLines = ({ scripts }: ImageFacts): readonly string[] => {
  if (scripts.length === 0) return [];
  const runnable = scripts.filter(({ isExecutable }) => isExecutable);
  return [
    `${scripts.length}, of them ${runnable.length} executable`,
    ...listed(
      runnable.map(({ path, interpreter, interpreterState }) => {
        const state = interpreterState === "found" ? "" : ` (${interpreterState})`;
        return `${path}  #!${interpreter}${state}`;
      }),
    ),
  ];
};

const serviceLines = ({ services }: ImageFacts): readonly string[] => {
  const { units, enabled, masked, sockets, getty } = services;
  if (units === 0) return [];
  const generator = getty.generator === undefined ? "no generator" : `generator ${getty.generator}`;
  return [
    `${units} unit files, ${masked.length} masked`,
    `enabled: ${[...new Set(enabled.map(({ unit }) => unit))].join(" ")}`,
    `getty: ${getty.enabled.join(" ") || "none enabled"}, ${generator}`,
    ...listed(
      sockets
        .filter(({ isEnabled }) => isEnabled)
        .map(({ unit, kind, address }) => `socket: ${unit} ${kind}=${address}`),
    ),
  ];
};

const referenceLine = (one: ImageFacts["services"]["references"][number]): string =>
  `${one.kind}${one.isPresent ? "" : " (absent)"}: ${one.file}:${one.line} ${one.key} ${one.command}`;

const accountLines = ({ accounts, root }: ImageFacts): readonly string[] => {
  if (root.state === "none") return [];
  const names = (list: readonly string[]): string => (list.length === 0 ? "none" : list.join(" "));
  return [
    `shadow ${accounts.shadow}; with a password: ${names(accounts.withPassword)}; with an empty one: ${names(accounts.withEmptyPassword)}; locked: ${accounts.locked}`,
    `login shells: ${names(accounts.loginShells.map(({ account, shell, isPresent }) => `${account}:${shell}${isPresent ? "" : " (absent)"}`))}`,
    ...accounts.authorizedKeys.map((path) => `authorised keys: ${path}`),
  ];
};
