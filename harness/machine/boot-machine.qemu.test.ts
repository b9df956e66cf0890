import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveImage } from "../../images/catalog.ts";
import { emulatedCpuModel } from "../../qemu/emulated-cpu-model.ts";
import { resolveToolchain, type Toolchain } from "../../qemu/toolchain.ts";
import { buildAgent } from "../agent/build-agent.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { MiB } from "../core/units.ts";
import { type BootOutcome, bootMachine } from "./boot-machine.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { prepareImage } from "./prepare-image.ts";
import { createRuntimeDirectory, type RuntimeDirectory } from "./runtime-directory.ts";

let toolchain: Toolchain;
let plan: MachinePlan;
let records: TempDir;
let runtime: RuntimeDirectory;
/** For guests that never get ready: half as long again as the first boot took to its end on this host, as busy as it is. */
let deadlineMs = 30_000;

beforeAll(async () => {
  toolchain = await resolveToolchain();
  const { resolved, files } = await prepareImage(resolveImage("probe"), {
    agentPath: buildAgent,
    onLine: () => undefined,
  });
  plan = {
    manifest: { ...resolved.manifest, systemDisk: "none", suites: [] },
    files,
    accel: "tcg",
    cpuModel: emulatedCpuModel("Nehalem"),
    agent: { kind: "builtin", transport: "port" },
  };
  records = await tempDir();
  runtime = await createRuntimeDirectory();
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  await records[Symbol.asyncDispose]();
});

interface Boot {
  /** What the guest's init is told to do; default to serve. */
  readonly probe?: string;
  readonly timeoutMs?: number;
  readonly onConsole?: (chunk: Uint8Array) => void;
}

const boot = async (
  bootId: string,
  { probe, timeoutMs, onConsole }: Boot,
): Promise<BootOutcome> => {
  const { manifest } = plan;
  const bootMs =
    timeoutMs === undefined ? manifest.deadlines.bootMs : { kvm: timeoutMs, tcg: timeoutMs };
  return await bootMachine({
    plan: {
      ...plan,
      manifest: { ...manifest, deadlines: { ...manifest.deadlines, bootMs } },
      ...(probe === undefined ? {} : { kernelArguments: [`bootwright.probe=${probe}`] }),
    },
    toolchain,
    bootId,
    bootDirectory: join(records.path, bootId),
    socketsPath: runtime.socketsPath,
    disksPath: runtime.disksPath,
    ...(onConsole === undefined ? {} : { onConsole }),
  });
};

const failureOf = (outcome: BootOutcome) => {
  if (outcome.kind === "failed") return outcome.failure;
  throw new Error("The machine should have failed, but it booted");
};

const machineOf = (outcome: BootOutcome) => {
  if (outcome.kind === "booted") return outcome.machine;
  throw new Error(
    `The machine should have booted: ${outcome.failure.kind}: ${outcome.failure.reason}`,
  );
};

const qemuProcesses = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(runtime.socketsPath);
      } catch {
        return false; // it has just ended
      }
    })
    .map(Number)
    .filter((pid) => !readFileSync(`/proc/${pid}/cmdline`, "latin1").startsWith("/bin/sh"));

const expectNothingLeft = (bootId: string): void => {
  expect({
    processes: qemuProcesses(),
    sockets: existsSync(join(runtime.socketsPath, bootId)),
    disks: existsSync(join(runtime.disksPath, bootId)),
  }).toEqual({ processes: [], sockets: false, disks: false });
};

/** Host time since power-on when the console had shown `text`. */
const shownAtMs = (bootId: string, text: string): number => {
  const pieces = readFileSync(join(records.path, bootId, "console.cast"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as [atS: number, kind: string, text: string]);
  let shown = "";
  for (const [atS, , piece] of pieces) {
    shown += piece;
    if (shown.includes(text)) return atS * 1000;
  }
  throw new Error(`The console of boot ${bootId} never showed ${text}`);
};

test("a guest that panics fails within a second of its last words, not at the deadline", async () => {
  const outcome = await boot("panic", { probe: "panic" });
  expect(failureOf(outcome)).toMatchObject({
    kind: "panic",
    witness: "console",
    pattern: "kernel-panic",
    reason: expect.stringContaining("Kernel panic - not syncing: sysrq triggered crash"),
    context: expect.arrayContaining([expect.stringContaining("Call Trace:")]),
  });
  const proofAtMs = shownAtMs("panic", "Kernel panic - not syncing: sysrq triggered crash\r\n");
  expect(outcome.durationMs - proofAtMs).toBeLessThan(1000);
  deadlineMs = 1.5 * outcome.durationMs;
  expect(readFileSync(join(records.path, "panic", "qmp.jsonl"), "utf8")).toContain("SHUTDOWN");
  expectNothingLeft("panic");
});

test("a guest whose init hangs has no agent, and its last words are told", async () => {
  const outcome = await boot("hang", { probe: "hang", timeoutMs: deadlineMs });
  expect(failureOf(outcome)).toMatchObject({
    kind: "no-agent",
    witness: "agent",
    reason: expect.stringMatching(
      /^Not ready within .* of power-on, phase initrd: Hello of the guest agent did not happen.*last console line \(.* before\): \[ /s,
    ),
  });
  expectNothingLeft("hang");
});

test("half a frame is no session, and it is waited for no longer than the deadline", async () => {
  const outcome = await boot("halfframe", { probe: "halfframe", timeoutMs: deadlineMs });
  expect(failureOf(outcome)).toMatchObject({
    kind: "no-agent",
    reason: expect.stringContaining("no announcement of the agent"),
  });
  expectNothingLeft("halfframe");
});

test("a console that is flooded is recorded up to a limit, and costs no memory", async () => {
  const before = process.memoryUsage.rss();
  const outcome = await boot("flood", { probe: "flood", timeoutMs: deadlineMs });
  expect(failureOf(outcome)).toMatchObject({
    kind: "no-agent",
    // What was last seen may be a line that has only begun: `flood `, or less.
    reason: expect.stringMatching(/last console line \(.* before\): f[flod ]*/),
  });
  const log = readFileSync(join(records.path, "flood", "console.log"), "latin1");
  expect(log.length).toBeLessThanOrEqual(64 * MiB);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MiB);
  expectNothingLeft("flood");
});

test("a guest that powers itself off has failed, by QMP's word", async () => {
  const outcome = await boot("poweroff", { probe: "poweroff" });
  expect(failureOf(outcome)).toMatchObject({
    kind: "hang",
    witness: "qmp",
    reason: "The guest powered itself off before it was ready (QMP guest-shutdown)",
    context: expect.arrayContaining([expect.stringContaining("reboot: Power down")]),
  });
  expectNothingLeft("poweroff");
});

test("a QEMU that is killed in the middle of a boot is the host's fault", async () => {
  const isKilled = { yet: false };
  const outcome = await boot("killed", {
    onConsole: () => {
      if (isKilled.yet) return;
      isKilled.yet = true;
      for (const pid of qemuProcesses()) process.kill(pid, "SIGKILL");
    },
  });
  expect(failureOf(outcome)).toMatchObject({
    kind: "qemu-died",
    witness: "process",
    reason: "QEMU ended by SIGKILL while it was needed; it printed nothing",
  });
  expectNothingLeft("killed");
});

describe("two machines side by side", () => {
  test("serve, whatever the guest sends besides, and leave nothing behind", async () => {
    const [foreign, escaping] = await Promise.all([
      boot("foreign", { probe: "foreign" }),
      boot("escape", { probe: "escape" }),
    ]);
    await using one = machineOf(foreign);
    await using other = machineOf(escaping);
    const answers = await Promise.all([one.agent?.sha256("/init"), other.agent?.sha256("/init")]);
    expect(answers[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(answers[1]).toBe(answers[0]);
    // Five answers of a session that nobody has opened.
    expect(one.protocolCounters()["foreignSession"]).toBeGreaterThanOrEqual(5);
    expect(other.protocolCounters()["foreignSession"]).toBe(0);
    const shown = other.consoleTail(200).join("\n");
    expect(shown).toContain("red");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not come through
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    await using _stopped = await one.powerOff(deadlineAfter(30_000));
    await other[Symbol.asyncDispose]();
    expect([one.failure(), other.failure()]).toEqual([undefined, undefined]);
  });

  test("are gone", () => {
    expectNothingLeft("foreign");
    expectNothingLeft("escape");
  });
});
