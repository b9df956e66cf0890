// The agent against bare bytes over the same device: bulk data over the port and the UART, and exec of a program that
// does nothing. Two guests run side by side and only one is busy at a time.
// Run: node harness/agent/bench/against-raw.ts port|uart|exec PAIRS
import { join } from "node:path";
import { interleave, report, type Target } from "../../../ci/bench/measurement.ts";
import { resolveImage } from "../../../images/catalog.ts";
import { planRun } from "../../cli/run/plan-run.ts";
import { deadlineAfter } from "../../core/deadline.ts";
import { InternalError } from "../../core/errors.ts";
import { KiB, MiB } from "../../core/units.ts";
import { bootMachine } from "../../machine/boot-machine.ts";
import type { MachinePlan } from "../../machine/machine-plan.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import type { AgentClient } from "../agent-client.ts";
import { buildRawInitrd } from "./build-raw-initrd.ts";
import { noOpProgram } from "./no-op-program.ts";
import { type RawGuest, startRawGuest } from "./raw-guest.ts";

const what = process.argv[2] ?? "port";
const pairs = Number(process.argv[3] ?? 8);
const transport = what === "uart" ? "uart" : "port";
const bulkBytes = transport === "uart" ? 256 * KiB : 64 * MiB;
const execsInRow = 20;

await using runtime = await createRuntimeDirectory();
const { plan, toolchain, accelerator } = await planRun(resolveImage("probe"), {
  accel: "auto",
  transport,
});
report({ kind: "fact", name: "accel", value: accelerator.accel });
report({ kind: "fact", name: "qemu", value: toolchain.qemuSystem.version.text });

const uartArguments = ["bootwright.port=/dev/ttyS0", "bootwright.framing=line"];
const outcome = await bootMachine({
  plan: { ...plan, kernelArguments: transport === "uart" ? uartArguments : [] },
  toolchain,
  bootId: "agent",
  bootDirectory: join(runtime.disksPath, "records"),
  socketsPath: runtime.socketsPath,
  disksPath: runtime.disksPath,
});
if (outcome.kind === "failed") throw new InternalError(`No boot: ${outcome.failure.reason}`);
await using machine = outcome.machine;
if (machine.agent === undefined) throw new InternalError("No agent in the probe guest");
await using raw = await startRaw();
await measure(machine.agent, raw);

async function startRaw(): Promise<RawGuest> {
  if (plan.files.kind !== "kernel") throw new InternalError("The probe image must be a kernel");
  const initrd = await buildRawInitrd(runtime.disksPath, { hasGuestAgent: what === "exec" });
  const rawPlan: MachinePlan = {
    ...plan,
    files: { ...plan.files, initrd },
    // Kernel messages would be counted as data.
    kernelArguments: ["loglevel=1", `rawport=${transport}`],
  };
  return startRawGuest({
    plan: rawPlan,
    toolchain,
    socketsPath: join(runtime.socketsPath, "raw"),
    disksPath: join(runtime.disksPath, "raw"),
  });
}

async function measure(agent: AgentClient, rawGuest: RawGuest): Promise<void> {
  if (what === "exec") {
    await agent.writeFile("/run/noop", noOpProgram(), { mode: 0o755 });
    const noOp = async (): Promise<void> => {
      const { exit } = await agent.exec(["/run/noop"]);
      if (exit.kind !== "exited" || exit.code !== 0) throw new InternalError("The no-op failed");
    };
    const ours = (): Promise<number> => repeated(execsInRow, noOp);
    const bare = (): Promise<number> => repeated(execsInRow, () => rawGuest.runNoOp());
    const target = { atMost: 1.5 };
    await ratio("exec of a no-op, agent ÷ bare", "ms", { ours, bare }, target);
    const byGuestAgent = (): Promise<number> =>
      repeated(execsInRow, () => rawGuest.runNoOpByGuestAgent());
    await ratio("exec of a no-op, agent ÷ qemu-guest-agent", "ms", { ours, bare: byGuestAgent });
    return;
  }
  const deadline = (): { readonly deadline: ReturnType<typeof deadlineAfter> } => ({
    deadline: deadlineAfter(300_000),
  });
  const speed = async (transfer: () => Promise<void>): Promise<number> =>
    bulkBytes / 1e6 / ((await repeated(1, transfer)) / 1000);
  const target = { atLeast: transport === "uart" ? 0.6 : 0.5 };
  const ours = (): Promise<number> =>
    speed(() => agent.source(bulkBytes, () => undefined, deadline()));
  const bare = (): Promise<number> => speed(() => rawGuest.source(bulkBytes));
  await ratio(`bulk data over the ${transport}, agent ÷ bare`, "MB/s", { ours, bare }, target);
}

async function ratio(
  name: string,
  unit: string,
  sides: { readonly ours: () => Promise<number>; readonly bare: () => Promise<number> },
  target?: Target,
): Promise<void> {
  // Caches and the emulator's translated code: the first use of each side is not measured.
  await sides.ours();
  await sides.bare();
  const measured = await interleave(pairs, sides.ours, sides.bare, (pair, index) => {
    process.stderr.write(
      `${name} ${index + 1}/${pairs}: ${pair.ours.toFixed(2)} / ${pair.bare.toFixed(2)} ${unit}\n`,
    );
  });
  report({
    kind: "ratio",
    name,
    unit,
    pairs: measured,
    ...(target === undefined ? {} : { target }),
  });
}

/** Milliseconds for one of `count` calls made one after the other. */
async function repeated(count: number, call: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  for (let index = 0; index < count; index += 1) await call();
  return (performance.now() - startedMs) / count;
}
