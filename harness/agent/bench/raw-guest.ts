import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { openConsolePipe } from "../../../qemu/console-pipe.ts";
import { type QemuProcess, startQemu } from "../../../qemu/qemu-process.ts";
import type { Toolchain } from "../../../qemu/toolchain.ts";
import { deadlineAfter, withDeadline } from "../../core/deadline.ts";
import { defineMachine } from "../../machine/define-machine.ts";
import type { MachinePlan } from "../../machine/machine-plan.ts";
import { guestAgentExec } from "./guest-agent-exec.ts";

const marker = Buffer.from("RAWPORT-READY\n");
const requestTimeoutMs = 300_000;

/** A guest whose init is `rawport`: bytes over the bare device. */
export interface RawGuest extends AsyncDisposable {
  /** Has the guest write `bytes` bytes and waits until they are here. */
  source(bytes: number): Promise<void>;
  /** Has the guest fork, exec and wait for the no-op program, once. */
  runNoOp(): Promise<void>;
  /** The same through the qemu-guest-agent beside it; only where the initramfs has it. */
  runNoOpByGuestAgent(): Promise<void>;
}

/** Boots it and waits until it listens. The machine is the one that Bootwright would start for `plan`. */
export const startRawGuest = async (options: {
  readonly plan: MachinePlan;
  readonly toolchain: Toolchain;
  readonly socketsPath: string;
  readonly disksPath: string;
}): Promise<RawGuest> => {
  const { plan, toolchain } = options;
  const defined = await defineMachine(plan, toolchain, options);
  const guestAgentSocket = join(options.socketsPath, "guest-agent.sock");
  const guestAgentPort = { name: "org.qemu.guest_agent.0", socketPath: guestAgentSocket };
  const spec = { ...defined.spec, ports: [...defined.spec.ports, guestAgentPort] };
  const deadline = deadlineAfter(120_000);
  const logPath = join(options.disksPath, "qemu.log");
  const qemu = await startQemu({ toolchain, spec, logPath, deadline });
  const isUart = plan.agent.kind !== "none" && plan.agent.transport === "uart";
  const console = openConsolePipe(spec.console.pipePath);
  const device = isUart ? console : await connect(spec.ports[0]?.socketPath ?? "");
  const guestAgent = await connect(guestAgentSocket);
  const listens = Promise.withResolvers<void>();
  let seen = Buffer.alloc(0);
  const sink = { onBytes: (_count: number): void => undefined };
  if (!isUart) console.on("data", () => undefined);
  const onStart = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    if (seen.includes(marker)) listens.resolve();
  };
  device.on("data", onStart);
  await qemu.qmp.execute("cont", undefined, deadline);
  await withDeadline(listens.promise, deadline, "RAWPORT-READY", () => seen.toString().slice(-200));
  device.off("data", onStart);
  device.on("data", (chunk) => sink.onBytes(chunk.length));
  return guestOf(qemu, device, sink, guestAgentExec(guestAgent));
};

const guestOf = (
  qemu: QemuProcess,
  device: Duplex,
  sink: { onBytes: (count: number) => void },
  execByGuestAgent: (path: string) => Promise<void>,
): RawGuest => {
  const ask = async (letter: string, count: number, answerBytes: number): Promise<void> => {
    const answered = Promise.withResolvers<void>();
    let got = 0;
    sink.onBytes = (bytes) => {
      got += bytes;
      if (got >= answerBytes) answered.resolve();
    };
    const request = Buffer.alloc(9);
    request.write(letter);
    request.writeBigUInt64LE(BigInt(count), 1);
    device.write(request);
    const what = `Answer to ${letter} ${count}`;
    await withDeadline(
      answered.promise,
      deadlineAfter(requestTimeoutMs),
      what,
      () => `${got} of ${answerBytes} bytes`,
    );
  };
  return {
    source: (bytes) => ask("s", bytes, bytes),
    runNoOp: () => ask("e", 1, 1),
    runNoOpByGuestAgent: () => execByGuestAgent("/noop"),
    [Symbol.asyncDispose]: async () => {
      await qemu.terminate();
      device.destroy();
    },
  };
};

const connect = async (path: string): Promise<Socket> => {
  const socket = createConnection(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve);
  socket.once("error", reject);
  await withDeadline(promise, deadlineAfter(10_000), `Connection to ${path}`);
  socket.off("error", reject);
  socket.on("error", () => undefined);
  return socket;
};
