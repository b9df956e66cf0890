import type { DiskCommand, DiskWork } from "./disk-work.ts";

/** What the script must make anew before QEMU can start: the machine's own disks are gone with the machine. */
export interface ReproDisk {
  readonly path: string;
  /** Default qcow2. */
  readonly format?: "raw" | "qcow2";
  readonly sizeBytes?: number;
  readonly backing?: { readonly path: string; readonly format: string };
}

export interface ReproInput {
  readonly title: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What starts qemu-img. */
  readonly qemuImg: readonly string[];
  readonly disks: readonly ReproDisk[];
  /** Files copied for the machine, as the UEFI variable store. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  /** What serves the machine's TPM, started in its directory; it has written `readyFile` there when QEMU may connect. */
  readonly tpm?: {
    readonly directory: string;
    readonly argv: readonly string[];
    readonly readyFile: string;
  };
  /** What was done to disks after they were made. */
  readonly work?: DiskWork;
  /** Disks that went on with what another machine of the run had left on them: with that machine it is gone. */
  readonly lostDisks: readonly string[];
  /** Directories of the finished machine: the script puts its own in their place. */
  readonly runtimePaths: readonly string[];
}

/**
 * A shell script that starts the same QEMU again with fresh disks and the console on the terminal. Ctrl-C ends it; the
 * image itself stays unwritten.
 */
export const reproScript = (input: ReproInput): string => {
  const moved = (text: string): string =>
    input.runtimePaths.reduce(
      (quoted, path) => quoted.replaceAll(path, `'"$dir"'`),
      `'${text.replaceAll("'", `'\\''`)}'`,
    );
  const lines = [
    "#!/bin/sh",
    `# ${input.title.replaceAll(/[^\x20-\x7e]/g, "?")}: the same machine again, console on this terminal.`,
    "set -eu",
    ...(input.lostDisks.length === 0
      ? []
      : [
          `echo "These disks did not start blank, and what was on them is gone with the run: ${input.lostDisks.join(", ")}" >&2`,
          "exit 1",
        ]),
    "dir=$(mktemp -d)",
    `trap 'rm -rf "$dir"' EXIT INT TERM`,
    ...Object.entries(input.env).map(([name, value]) => `export ${name}=${moved(value)}`),
    ...input.copies.map(({ from, to }) => `install -m 600 ${moved(from)} ${moved(to)}`),
    ...(input.tpm === undefined ? [] : tpmLines(input.tpm, moved)),
    ...input.disks.map(({ path, format = "qcow2", sizeBytes, backing }) =>
      [
        ...input.qemuImg.map(moved),
        `create -q -f ${format}`,
        ...(backing === undefined ? [] : [`-F ${backing.format} -b ${moved(backing.path)}`]),
        moved(path),
        ...(sizeBytes === undefined ? [] : [`${sizeBytes}`]),
      ].join(" "),
    ),
    ...(input.work?.files ?? []).map(
      ({ name, text }) => `cat >"$dir"/${name} <<'END-OF-FILE'\n${text}END-OF-FILE`,
    ),
    ...[...(input.work?.fetch ?? []), ...(input.work?.change ?? [])].map((command) =>
      workLine(command, moved),
    ),
    input.argv
      .map((argument) => moved(onTerminal(argument)))
      .filter((text) => text !== "'-S'")
      .join(" \\\n  "),
  ];
  return `${lines.join("\n")}\n`;
};

// It ends with QEMU, its only client.
const tpmLines = (
  { directory, argv, readyFile }: NonNullable<ReproInput["tpm"]>,
  moved: (text: string) => string,
): readonly string[] => [
  `mkdir ${moved(directory)}`,
  `(cd ${moved(directory)} && exec ${argv.map(moved).join(" ")}) &`,
  `until [ -e ${moved(`${directory}/${readyFile}`)} ]; do kill -0 $!; sleep 0.1; done`,
];

const onTerminal = (argument: string): string =>
  argument.startsWith("pipe,id=console,") ? "stdio,id=console,signal=off" : argument;

const workLine = (
  { argv, env = {}, highestGoodExitCode = 0 }: DiskCommand,
  moved: (text: string) => string,
): string => {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${moved(value)}`);
  const line = `(cd "$dir" && ${[...settings, ...argv.map(moved)].join(" ")})`;
  return highestGoodExitCode === 0 ? line : `${line} || [ $? -le ${highestGoodExitCode} ]`;
};
