import { copyFile, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadlineAfter } from "../harness/core/deadline.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { openConsolePipe } from "./console-pipe.ts";
import { findUefiFirmware } from "./firmware.ts";
import type { MachineSpec } from "./machine-spec.ts";
import { type QemuProcess, startQemu } from "./qemu-process.ts";
import type { QmpEvent } from "./qmp/message.ts";
import { exampleSpec } from "./testing/example-spec.ts";
import { resolveToolchain, type Toolchain } from "./toolchain.ts";

let toolchain: Toolchain;
let directory: TempDir;

beforeAll(async () => {
  toolchain = await resolveToolchain();
  directory = await tempDir();
});
afterAll(async () => await directory[Symbol.asyncDispose]());

const soon = () => deadlineAfter(30_000);

const start = async (
  changes: Partial<MachineSpec> = {},
  onEvent?: (event: QmpEvent) => void,
): Promise<QemuProcess> =>
  await startQemu({
    toolchain,
    spec: exampleSpec({
      memoryMiB: 128,
      console: {
        pipePath: `${directory.path}/console`,
        logPath: `${directory.path}/console.log`,
      },
      qmpSocketPath: `${directory.path}/qmp.sock`,
      ...changes,
    }),
    logPath: `${directory.path}/qemu.log`,
    deadline: soon(),
    ...(onEvent === undefined ? {} : { onEvent }),
  });

test("a started machine is paused, has the asked CPUs, and is gone when disposed", async () => {
  const qemu = await start();
  expect(await qemu.qmp.execute("query-status", undefined, soon())).toMatchObject({
    running: false,
    status: "prelaunch",
  });
  const samples = await qemu.sampleVcpus(soon());
  expect(samples).toHaveLength(2);
  expect(samples[0]?.cpuMs).toBeGreaterThanOrEqual(0);
  await qemu[Symbol.asyncDispose]();
  expect(await qemu.exit).toEqual({ code: 0, signal: null });
  expect(() => process.kill(qemu.pid, 0)).toThrow("ESRCH");
});

test("events, refused commands and commands with arguments behave as with the fake server", async () => {
  const events: QmpEvent[] = [];
  await using qemu = await start({}, (event) => events.push(event));
  const resumed = qemu.qmp.waitForEvent("RESUME", soon());
  await qemu.qmp.execute("cont", undefined, soon());
  expect(await resumed).toMatchObject({ name: "RESUME", data: {} });
  expect(Math.abs((await resumed).atMs - Date.now())).toBeLessThan(60_000);
  await expect(qemu.qmp.execute("no-such-command", undefined, soon())).rejects.toMatchObject({
    code: "QMP",
    details: { command: "no-such-command", class: "CommandNotFound" },
  });
  expect(await qemu.qmp.execute("qom-list", { path: "/machine" }, soon())).toContainEqual(
    expect.objectContaining({ name: "peripheral" }),
  );
  await qemu.terminate();
  await expect(qemu.qmp.execute("stop", undefined, soon())).rejects.toMatchObject({
    code: "QMP_CLOSED",
  });
  expect(events.map(({ name }) => name)).toEqual(["RESUME", "SHUTDOWN"]);
});

test("the whole schema comes through in one line", async () => {
  await using qemu = await start();
  const schema = await qemu.qmp.execute("query-qmp-schema", undefined, soon());
  expect(JSON.stringify(schema).length).toBeGreaterThan(100_000);
});

test("QEMU that refuses its arguments is QEMU_START with its own words", async () => {
  await expect(start({ cpu: { model: "Pentium9", count: 1 } })).rejects.toMatchObject({
    code: "QEMU_START",
    message: expect.stringMatching(
      /^QEMU for machine example ended with exit code 1 before it answered: .*unable to find CPU model 'Pentium9'/s,
    ),
  });
});

test("a machine that ends by a kill tells the signal", async () => {
  await using qemu = await start();
  process.kill(qemu.pid, "SIGKILL");
  expect(await qemu.exit).toEqual({ code: null, signal: "SIGKILL" });
});

test("SeaBIOS tells on the serial line that nothing can be booted", async () => {
  await using qemu = await start();
  const console = openConsolePipe(`${directory.path}/console`);
  const { promise: said, resolve } = Promise.withResolvers<void>();
  let text = "";
  console.on("data", (chunk) => {
    text += chunk.toString("latin1");
    if (text.includes("No bootable device")) resolve();
  });
  await qemu.qmp.execute("cont", undefined, soon());
  await said;
  console.destroy();
  expect(await readFile(`${directory.path}/console.log`, "latin1")).toContain("SeaBIOS");
});

test("every kind of device is accepted by QEMU, and disks carry their serials", async () => {
  const firmware = await findUefiFirmware(toolchain.firmwareRoots);
  const vars = `${directory.path}/vars.fd`;
  await copyFile(firmware.varsTemplate, vars);
  await writeFile(`${directory.path}/a,b.raw`, Buffer.alloc(65_536));
  await using qemu = await start({
    boot: { kind: "firmware", firmware: "uefi", code: firmware.executable, vars },
    disks: [
      {
        id: "system",
        serial: "system",
        path: `${directory.path}/a,b.raw`,
        format: "raw",
        readOnly: true,
        bootIndex: 0,
      },
    ],
    ports: [{ name: "org.bootwright.agent", socketPath: `${directory.path}/agent.sock` }],
    credentials: [{ name: "large", value: "x".repeat(40_000) }],
    seed: 7,
  });
  const serial = await qemu.qmp.execute(
    "qom-get",
    { path: "/machine/peripheral/disk-system", property: "serial" },
    soon(),
  );
  expect(serial).toBe("system");
});
