import { join } from "node:path";
import { Command } from "commander";
import { preflightChecks } from "../../qemu/preflight.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { renderError } from "../core/errors.ts";
import { exec } from "../core/exec.ts";
import { probedAccelerator } from "./run/plan-run.ts";

interface DoctorLine {
  readonly id: string;
  readonly title: string;
  readonly state: "ok" | "warn" | "fail";
  readonly seen: string;
  readonly remedy?: string;
}

export const doctorCommand = (): Command =>
  new Command("doctor")
    .description(
      "look at this host: each check, what was seen, the remedy; boots the accelerator probe",
    )
    .option("--fix", "run ci/setup first, which installs what is missing")
    .option("--json", "print one JSON document")
    .action(async (options: { fix?: boolean; json?: boolean }) => {
      if (options.fix === true) await fix();
      const lines = await examine();
      const text = options.json === true ? JSON.stringify(lines, undefined, 2) : table(lines);
      process.stdout.write(`${text}\n`);
      process.exitCode = lines.some(({ state }) => state === "fail") ? 3 : 0;
    });

const fix = async (): Promise<void> => {
  const setup = join(import.meta.dirname, "..", "..", "ci", "setup");
  await exec(setup, [], {
    onLine: (line) => process.stderr.write(`${line}\n`),
    timeoutMs: 1_800_000,
  });
};

const examine = async (): Promise<readonly DoctorLine[]> => {
  const lines: DoctorLine[] = [];
  for (const { id, title, run } of preflightChecks()) lines.push({ id, title, ...(await run()) });
  return [...lines, await accelerator()];
};

const accelerator = async (): Promise<DoctorLine> => {
  const what = { id: "accelerator", title: "A guest boots" };
  try {
    const { accel, reason, probeMs, cached } = await probedAccelerator(
      await resolveToolchain(),
      "auto",
    );
    const when = cached ? ", known from an earlier boot" : "";
    return {
      ...what,
      state: "ok",
      seen: `${accel} in ${Math.round(probeMs)} ms${when}: ${reason}`,
    };
  } catch (error) {
    return {
      ...what,
      state: "fail",
      seen: renderError(error).replaceAll("\n", " "),
      remedy: "bootwright doctor --fix",
    };
  }
};

const marks = { ok: "ok  ", warn: "warn", fail: "FAIL" } as const;

const table = (lines: readonly DoctorLine[]): string =>
  lines
    .flatMap(({ state, title, seen, remedy }) => [
      `${marks[state]}  ${title}: ${seen}`,
      ...(remedy === undefined || state === "ok" ? [] : [`      remedy: ${remedy}`]),
    ])
    .join("\n");
