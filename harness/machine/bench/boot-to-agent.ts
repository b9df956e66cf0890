// Power-on until the agent has answered, under Bootwright, against the same machine started by raw-boot.ts.
// Run: node harness/machine/bench/boot-to-agent.ts IMAGE PAIRS
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interleave, report } from "../../../ci/bench/measurement.ts";
import { resolveImage } from "../../../images/catalog.ts";
import { toArgv } from "../../../qemu/argv.ts";
import { makeConsolePipe } from "../../../qemu/console-pipe.ts";
import { planRun } from "../../cli/run/plan-run.ts";
import { InternalError } from "../../core/errors.ts";
import { exec } from "../../core/exec.ts";
import { bootMachine } from "../boot-machine.ts";
import { defineMachine } from "../define-machine.ts";
import type { MachinePlan } from "../machine-plan.ts";
import { createRuntimeDirectory } from "../runtime-directory.ts";

const image = process.argv[2] ?? "probe";
const pairs = Number(process.argv[3] ?? 5);

await using runtime = await createRuntimeDirectory();
const planned = await planRun(resolveImage(image), { accel: "auto", transport: "port" });
const { toolchain, accelerator } = planned;
// Both sides stop at the agent, whatever the image's own ready point is.
const plan: MachinePlan = {
  ...planned.plan,
  manifest: { ...planned.plan.manifest, ready: { kind: "agent" }, budgets: [] },
};
report({ kind: "fact", name: "accel", value: accelerator.accel });
report({ kind: "fact", name: "qemu", value: toolchain.qemuSystem.version.text });

let boots = 0;
const placeOf = (kind: string): { readonly socketsPath: string; readonly disksPath: string } => {
  boots += 1;
  const name = `${kind}${boots}`;
  return { socketsPath: join(runtime.socketsPath, name), disksPath: join(runtime.disksPath, name) };
};

const ours = async (): Promise<number> => {
  const place = placeOf("a");
  const outcome = await bootMachine({
    plan,
    toolchain,
    bootId: "01",
    bootDirectory: join(place.disksPath, "records"),
    ...place,
  });
  if (outcome.kind === "failed") throw new InternalError(`No boot: ${outcome.failure.reason}`);
  await outcome.machine[Symbol.asyncDispose]();
  return outcome.durationMs;
};

const bare = async (): Promise<number> => {
  const place = placeOf("b");
  mkdirSync(place.disksPath, { recursive: true });
  const { spec } = await defineMachine(plan, toolchain, place);
  await makeConsolePipe(spec.console.pipePath);
  const { file, prefixArgs, env } = toolchain.qemuSystem;
  const argvPath = join(place.disksPath, "argv.txt");
  writeFileSync(argvPath, `${[file, ...prefixArgs, ...toArgv(spec)].join("\n")}\n`);
  const script = join(import.meta.dirname, "raw-boot.ts");
  const { stdout } = await exec(process.execPath, [script, argvPath, place.socketsPath], { env });
  const ms = Number(stdout);
  if (!(ms > 0)) throw new InternalError(`raw-boot.ts printed ${JSON.stringify(stdout)}`);
  return ms;
};

const name = `power-on to agent, ${image}, Bootwright ÷ bare`;
const measured = await interleave(pairs, ours, bare, (pair, index) => {
  process.stderr.write(
    `${name} ${index + 1}/${pairs}: ${pair.ours.toFixed(0)} / ${pair.bare.toFixed(0)} ms\n`,
  );
});
report({ kind: "ratio", name, unit: "ms", pairs: measured, target: { atMost: 1.03 } });
