import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ImageError } from "../../core/errors.ts";
import { exec } from "../../core/exec.ts";
import { printable } from "../../core/printable.ts";
import { toolPath } from "../../core/tool.ts";

export interface DebugfsOutput {
  /** Echoed commands and their answers, one byte a character. */
  readonly text: string;
  /** What it wrote to stderr. It exits with 0 all the same. */
  readonly complaints: readonly string[];
}

export type RunDebugfs = (commands: readonly string[]) => Promise<DebugfsOutput>;

/** What the answers to some commands say, or undefined when they are not what the commands ask for. */
export type ParseAnswers<Answer> = (
  output: DebugfsOutput,
  commands: readonly string[],
  isAlone: boolean,
) => readonly Answer[] | undefined;

/** More faults than this, and a directory tree is rather a trap than damaged. */
const maxFaults = 64;
const timeoutMs = 60_000;

/**
 * debugfs on one volume of a disk image, opened for reading. The commands must be made of our own words and numbers: the
 * image is hostile, and debugfs has commands that write to the host.
 */
export const openDebugfs = (rawPath: string, startByte: number, workDir: string): RunDebugfs => {
  // By a link of our own: debugfs takes a "?" in a path for the start of its options.
  const device = join(workDir, `volume-${startByte}`);
  symlinkSync(resolve(rawPath), device);
  let runs = 0;
  return async (commands) => {
    const script = join(workDir, `script-${startByte}-${runs++}`);
    writeFileSync(script, `${commands.join("\n")}\n`);
    try {
      const { stdout, stderr } = await exec(
        toolPath("debugfs"),
        ["-f", script, `${device}?offset=${startByte}`],
        { encoding: "latin1", timeoutMs, endSignal: "KILL", cwd: workDir },
      );
      const complaints = stderr
        .split("\n")
        .filter((line) => line !== "" && !/^debugfs \d/.test(line));
      return { text: `${stdout}\n`, complaints };
    } finally {
      rmSync(script, { force: true });
    }
  };
};

/**
 * One answer a command, in order. A batch that cannot be understood, or that ends debugfs, is halved until the command at
 * fault stands alone; its answer is undefined.
 * @throws {ImageError} IMAGE_UNUSABLE when too many commands fail.
 */
export const askDebugfs = async <Answer>(
  run: RunDebugfs,
  commands: readonly string[],
  parse: ParseAnswers<Answer>,
  batchSize = 2000,
): Promise<readonly (Answer | undefined)[]> => {
  const answers: (Answer | undefined)[] = [];
  let faults = 0;
  const ask = async (batch: readonly string[]): Promise<void> => {
    const output = await run(batch).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === "COMMAND_FAILED") return undefined;
      throw error;
    });
    const parsed = output === undefined ? undefined : parse(output, batch, batch.length === 1);
    if (parsed !== undefined) {
      answers.push(...parsed);
      return;
    }
    if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await ask(batch.slice(0, half));
      await ask(batch.slice(half));
      return;
    }
    faults += 1;
    if (faults > maxFaults) throw tooManyFaults(output?.complaints[0]);
    answers.push(undefined);
  };
  for (let start = 0; start < commands.length; start += batchSize) {
    await ask(commands.slice(start, start + batchSize));
  }
  return answers;
};

const tooManyFaults = (complaint: string | undefined): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    `Expected a sound file system, but debugfs cannot read more than ${maxFaults} places of it${
      complaint === undefined ? "" : `, the last: ${printable(complaint, 200)}`
    }`,
    { hint: "Copy or build the image again; e2fsck -n tells more" },
  );

/** Splits answers that hold no text of the image, so that no echo can be forged. */
export const splitAnswers = (
  text: string,
  commands: readonly string[],
): readonly string[] | undefined => {
  const answers: string[] = [];
  let position = 0;
  for (const [index, command] of commands.entries()) {
    const echo = echoOf(command);
    if (!text.startsWith(echo, position)) return undefined;
    const start = position + echo.length;
    const next = commands[index + 1];
    const end = next === undefined ? text.length : text.indexOf(echoOf(next), start);
    if (end < 0) return undefined;
    answers.push(text.slice(start, end));
    position = end;
  }
  return answers;
};

export const echoOf = (command: string): string => `debugfs: ${command}\n`;
