import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deadlineAfter } from "../harness/core/deadline.ts";
import { processesNaming } from "../harness/core/testing/leftovers.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { openConsolePipe } from "./console-pipe.ts";
import { findUefiFirmware } from "./firmware.ts";
import type { MachineSpec } from "./machine-spec.ts";
import { type QemuProcess, startQemu } from "./qemu-process.ts";
import type { QmpEvent } from "./qmp/message.ts";
import { exampleSpec } from "./testing/example-spec.ts";
import { resolveToolchain, type Toolchain } from "./toolchain.ts";
import { readVariableStore } from "./variable-store.ts";

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

describe("a machine with Secure Boot and a TPM", () => {
  const secure = async (): Promise<Partial<MachineSpec>> => {
    const { executable, varsTemplate } = await findUefiFirmware(
      toolchain.firmwareRoots,
      "snakeoil",
    );
    const vars = `${directory.path}/secure-vars.fd`;
    await copyFile(varsTemplate, vars);
    return {
      boot: { kind: "firmware", firmware: "uefi", code: executable, vars, secureBoot: true },
      tpm: { directory: `${directory.path}/tpm` },
    };
  };

  const swtpms = (): readonly string[] =>
    processesNaming("swtpm").filter((process) => process.includes("--tpm2"));

  test("has guarded flash, and a swtpm that ends with it", async () => {
    const before = swtpms();
    const qemu = await start(await secure());
    const get = (path: string, property: string) =>
      qemu.qmp.execute("qom-get", { path, property }, soon());
    expect({
      smm: await get("/machine", "smm"),
      flash: [
        await get("/machine/system.flash0", "secure"),
        await get("/machine/system.flash1", "secure"),
      ],
      tpm: await qemu.qmp.execute("query-tpm", undefined, soon()),
      swtpms: swtpms().length - before.length,
    }).toEqual({
      smm: "on",
      flash: [true, true],
      tpm: [expect.objectContaining({ id: "tpm", model: "tpm-crb" })],
      swtpms: 1,
    });
    await qemu[Symbol.asyncDispose]();
    expect(await qemu.tpm?.exit).toEqual({ code: 0, signal: null });
    expect(swtpms()).toEqual(before);
  });

  test("whose QEMU is killed leaves no swtpm", async () => {
    await using qemu = await start(await secure());
    process.kill(qemu.pid, "SIGKILL");
    expect(await qemu.tpm?.exit).toEqual({ code: 0, signal: null });
  });

  test("whose QEMU does not start leaves no swtpm", async () => {
    const before = swtpms();
    const spec = { ...(await secure()), cpu: { model: "Pentium9", count: 1 } };
    await expect(start(spec)).rejects.toMatchObject({ code: "QEMU_START" });
    expect(swtpms()).toEqual(before);
  });

  test("whose swtpm does not start says so in its words", async () => {
    const tpm = { directory: `${directory.path}/in-the-way` };
    await mkdir(`${tpm.directory}/socket`, { recursive: true });
    await expect(start({ ...(await secure()), tpm })).rejects.toMatchObject({
      code: "COMMAND_FAILED",
      message: expect.stringMatching(
        /^swtpm ended with exit code 1 before it listened: .*socket/is,
      ),
    });
  });

  test.each([
    ["plain", { secureBoot: "no-keys", trusts: [] }],
    ["snakeoil", { secureBoot: "enforced", trusts: ["SnakeOil Test Key for EFI Secure Boot"] }],
    [
      "microsoft",
      {
        secureBoot: "enforced",
        trusts: expect.arrayContaining(["Microsoft Corporation UEFI CA 2011"]),
      },
    ],
  ] as const)(
    "finds in the distribution's store %s the keys it is named after",
    async (keys, expected) => {
      const { varsTemplate } = await findUefiFirmware(toolchain.firmwareRoots, keys);
      expect(readVariableStore(varsTemplate)).toEqual({ sizeBytes: 540_672, ...expected });
    },
  );
});

test("every kind of device is accepted by QEMU, and disks carry their serials", async () => {
  const firmware = await findUefiFirmware(toolchain.firmwareRoots);
  const vars = `${directory.path}/vars.fd`;
  await copyFile(firmware.varsTemplate, vars);
  await writeFile(`${directory.path}/a,b.raw`, Buffer.alloc(65_536));
  await using qemu = await start({
    boot: {
      kind: "firmware",
      firmware: "uefi",
      code: firmware.executable,
      vars,
      secureBoot: false,
    },
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
