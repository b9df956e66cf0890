import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Tool } from "../../qemu/toolchain.ts";
import type { EtcEntry, EtcPlace } from "../agent/injection/etc-unit.ts";
import { ConfigError, errorCodeOf } from "../core/errors.ts";
import { exec } from "../core/exec.ts";
import { printable } from "../core/printable.ts";
import { toolPath } from "../core/tool.ts";
import { GiB } from "../core/units.ts";
import { type DiskWork, doDiskWork } from "./disk-work.ts";
import {
  type EtcTarget,
  etcDirectories,
  etcLayerName,
  etcUnitWork,
  pathIn,
} from "./etc-unit-work.ts";

/** A sparse copy may fill the cache's file system all the same. */
const maxPartitionBytes = 64 * GiB;

/**
 * Writes the agent's units into the writable layer of /etc in `directory`, and looks whether they are there.
 * @throws {ConfigError} when the manifest names no file system that can take them.
 */
export const writeEtcUnits = async (
  target: EtcTarget,
  entries: readonly EtcEntry[],
  { directory, qemuImg }: { readonly directory: string; readonly qemuImg: Tool },
): Promise<DiskWork> => {
  const { place } = target;
  if (place.kind === "partition" && place.sizeBytes > maxPartitionBytes) {
    throw unfit(
      place,
      `it is of ${place.sizeBytes} bytes, and at most ${maxPartitionBytes} are copied`,
    );
  }
  const work = etcUnitWork(target, entries, qemuImg);
  const layer = join(directory, etcLayerName);
  const look = (): Promise<void> => expectDirectories(layer, place, entries);
  await doDiskWork(work, directory, look).catch((error: unknown) => {
    throw isAboutFileSystem(error) ? unfit(place, inOneLine(error)) : error;
  });
  await expectWritten(layer, place, entries);
  if (place.kind === "partition") rmSync(layer);
  return work;
};

/** e2fsck's word on what the image has there: it is no fault of the host. Without an exit code it was stopped by us. */
const isAboutFileSystem = (error: unknown): boolean => {
  const { argv, exitCode } =
    (error as { details?: { argv?: unknown; exitCode?: unknown } }).details ?? {};
  const [program = ""] = (argv ?? []) as readonly string[];
  const isAnswer = errorCodeOf(error) === "COMMAND_FAILED" && typeof exitCode === "number";
  return isAnswer && program === toolPath("e2fsck");
};

const inOneLine = (error: unknown): string =>
  printable((error as Error).message.replaceAll("\n", "; "), 500);

/** What is no directory becomes damaged when debugfs is told to make something in it. */
const expectDirectories = async (
  layer: string,
  place: EtcPlace,
  entries: readonly EtcEntry[],
): Promise<void> => {
  for (const path of etcDirectories(place.directory, entries)) {
    const text = await ask(layer, `stat ${path}`);
    if (text === "") return; // Nothing there, and so nothing below.
    if (!/^Inode: \d+ +Type: directory /.test(text)) {
      throw unfit(place, `${path} is no directory there`);
    }
  }
};

const expectWritten = async (
  layer: string,
  place: EtcPlace,
  entries: readonly EtcEntry[],
): Promise<void> => {
  for (const entry of entries) {
    const path = pathIn(place.directory, entry.path);
    const isWritten =
      entry.kind === "file"
        ? (await ask(layer, `cat ${path}`)).trimEnd() === entry.text.trimEnd()
        : (await ask(layer, `stat ${path}`)).includes(`\nFast link dest: "${entry.target}"`);
    if (!isWritten) throw unfit(place, `${path} could not be written there (is it full?)`);
  }
};

const ask = async (layer: string, command: string): Promise<string> => {
  const options = { encoding: "latin1", timeoutMs: 60_000, endSignal: "KILL" } as const;
  return (await exec(toolPath("debugfs"), ["-R", command, layer], options)).stdout;
};

const unfit = (place: EtcPlace, seen: string): ConfigError => {
  const where =
    place.kind === "disk" ? `disk ${place.serial}` : `partition ${place.index} of the system disk`;
  return new ConfigError(
    `Expected ${where} to be ext2, ext3 or ext4 and to take units in ${place.directory}, but ${seen}`,
    {
      hint: "Correct agent.etcLayer in the manifest, or get the agent in another way with --injection",
    },
  );
};
