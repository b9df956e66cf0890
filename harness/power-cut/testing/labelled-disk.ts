import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { exec } from "../../core/exec.ts";
import { toolPath } from "../../core/tool.ts";
import { MiB } from "../../core/units.ts";

/** A partition of a test's disk: a GPT type and the file whose bytes it has, in whole MiB. */
export interface LabelledPartition {
  readonly label: string;
  /** As sfdisk takes it. Default `linux`. */
  readonly type?: string;
  readonly content: string | Buffer;
}

const guids = "b0075001-0000-4000-8000-00000000000";

/** Makes a raw disk with a GPT; the same partitions give the same bytes. */
export const makeLabelledDisk = async (
  path: string,
  partitions: readonly LabelledPartition[],
): Promise<void> => {
  const contents = partitions.map(({ content }) =>
    typeof content === "string" ? readFileSync(content) : content,
  );
  const sizes = contents.map(({ length }) => Math.ceil(length / MiB));
  writeFileSync(path, "");
  truncateSync(path, (sizes.reduce((sum, size) => sum + size, 0) + 2) * MiB);
  const lines = partitions.map(
    ({ label, type = "linux" }, index) =>
      `size=${sizes[index]}MiB, type=${type}, name="${label}", uuid=${guids}${index + 1}`,
  );
  const table = `label: gpt\nlabel-id: ${guids}0\n${lines.join("\n")}\n`;
  await exec(toolPath("sfdisk"), ["--quiet", path], { input: table });
  const file = openSync(path, "r+");
  let place = MiB;
  for (const [index, bytes] of contents.entries()) {
    writeSync(file, bytes, 0, bytes.length, place);
    place += (sizes[index] ?? 0) * MiB;
  }
  closeSync(file);
};
