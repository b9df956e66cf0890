// Processor time of the real command while its guest boots: the whole `bootwright run` process, from the guest's first
// byte to the end of the boot, as a share of that time.
// Run: node harness/cli/bench/cpu-while-booting.ts IMAGE BOOTS
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { report } from "../../../ci/bench/measurement.ts";
import { InternalError } from "../../core/errors.ts";
import { tempDir } from "../../core/tmp.ts";

const image = process.argv[2] ?? "probe";
const boots = Number(process.argv[3] ?? 1);
const command = join(import.meta.dirname, "..", "main.ts");

interface Spent {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** utime and stime of all threads of a process: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms. */
const cpuMsOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

const bootShare = async (): Promise<number> => {
  await using directory = await tempDir();
  const args = [command, "run", image, "--suite", "boot", "--out", join(directory.path, "run")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const pid = child.pid ?? 0;
  let from: Spent | undefined;
  let share: number | undefined;
  let last = "";
  createInterface(child.stdout).on("line", (line) => {
    last = line;
    const now = { atMs: performance.now(), cpuMs: cpuMsOf(pid) };
    // A boot that host or emulator broke is tried once more: the one that passed counts.
    if (/^boot \d+ default started/.test(line)) from = undefined;
    if (/^boot \d+ (firmware|kernel)$/.test(line)) from ??= now;
    if (/^boot \d+ default pass/.test(line) && from !== undefined)
      share = (100 * (now.cpuMs - from.cpuMs)) / (now.atMs - from.atMs);
  });
  await once(child, "close");
  if (share === undefined) {
    throw new InternalError(`bootwright run ${image} did not boot; its last line: ${last}`);
  }
  return share;
};

const values: number[] = [];
for (let boot = 0; boot < boots; boot += 1) {
  values.push(await bootShare());
  process.stderr.write(`CPU while ${image} boots ${boot + 1}/${boots}: ${values.at(-1)} %\n`);
}
report({
  kind: "value",
  name: `CPU of bootwright run while ${image} boots`,
  unit: "% of a core",
  values,
  target: { atMost: 2 },
});
