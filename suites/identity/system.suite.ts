import { z } from "zod";
import {
  type AgentClient,
  buildIdOfNotes,
  expect,
  fail,
  kernelBuildId,
  parseOsRelease,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";

const uname = z.object({
  sysname: z.string(),
  release: z.string(),
  version: z.string(),
  machine: z.string(),
});
const unameOf = (agent: AgentClient): Promise<z.infer<typeof uname>> =>
  agent.probe("uname", {}, uname);

const expected = profile().identity;
const nothingSaid = "The profile says nothing of the system's identity";

test("identity/os-release", {
  claim: "C01",
  title: "os-release says which operating system this is, wherever a program looks for it",
}, async ({ agent, evidence }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const wanted = Object.keys(expected.osRelease);
  // os-release(5): a program takes the first of the two that it finds.
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    const text = (await agent.readFile(path, { length: 65_536 })).toString("utf8");
    const fields = parseOsRelease(text);
    const seen = Object.fromEntries(wanted.map((key) => [key, fields[key]]));
    evidence("os-release", `${path}: ${JSON.stringify(fields)}`);
    expect(seen, path).toEqual(expected.osRelease);
  }
});

test("identity/kernel-release", {
  claim: "C23",
  title: "The kernel that runs has the promised release",
}, async ({ agent, evidence }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const { release, version } = await unameOf(agent);
  evidence("uname", `${release} ${version}`);
  expect(release).toMatch(new RegExp(`^(?:${expected.kernelRelease})$`));
});

test("identity/kernel-modules", {
  claim: "C23",
  title: "The image has modules for the kernel that runs and for no other",
}, async ({ agent, evidence }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const { release } = await unameOf(agent);
  const trees: string[] = [];
  const root = "/usr/lib/modules";
  const onEntry = ({ path, type }: { path: string; type: string }): void => {
    if (type === "directory" && path !== root) trees.push(path.slice(root.length + 1));
  };
  await agent.walk(root, onEntry, { maxDepth: 1 });
  evidence("modules", trees.join(", "));
  expect(trees.toSorted()).toEqual([release]);
});

test("identity/kernel-image", {
  claim: "C23",
  title: "The kernel that runs is the one in the image, by its build id",
}, async ({ agent, evidence, figure }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const { release } = await unameOf(agent);
  const path = expected.kernelImage?.replaceAll("%r", release);
  if (path === undefined) return unsupported("The profile does not say where the kernel lies");
  const image = await agent.readFile(path);
  figure("kernel-bytes", image.length, "B");
  const inImage = kernelBuildId(image);
  const running = buildIdOfNotes(await agent.readFile("/sys/kernel/notes", { length: 65_536 }));
  evidence("build-id", `${path}: ${JSON.stringify(inImage)}; running: ${running}`);
  if (running === undefined) return unsupported("The running kernel tells no build id");
  if (inImage.kind === "unreadable") return unsupported(`${path}: ${inImage.reason}`);
  if (inImage.kind === "none") return fail(`${path}: ${inImage.reason}`);
  expect(inImage.buildId).toBe(running);
});

test("identity/architecture", {
  claim: "C03",
  title: "Kernel and first program are of the promised architecture, and programs are told so",
}, async ({ agent, evidence }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const { machine } = await unameOf(agent);
  const header = await agent.readFile("/proc/1/exe", { length: 20 });
  const seen = { told: machine, firstProgram: elfMachine(header) };
  evidence("uname", JSON.stringify(seen));
  expect(seen).toEqual({ told: expected.architecture, firstProgram: expected.architecture });
});

test("identity/firmware", {
  claim: "C35",
  title: "The system knows the firmware by which it was booted, one of the promised",
}, async ({ agent, machine, evidence }) => {
  if (expected === undefined) return unsupported(nothingSaid);
  const { boot } = machine.plan.manifest.machine;
  // QEMU hands a kernel to SeaBIOS.
  const booted = boot.kind === "kernel" ? "bios" : boot.firmware;
  const seen = (await agent.exists("/sys/firmware/efi/systab")) ? "uefi" : "bios";
  const dmi = "/sys/class/dmi/id/bios_vendor";
  const vendor = (await agent.exists(dmi)) ? String(await agent.readFile(dmi)).trim() : "unknown";
  evidence("firmware", `${seen}, made by ${vendor}`);
  expect(seen).toBe(booted);
  expect(expected.firmware).toContain(seen);
});

/** e_machine of gABI chapter 4, as `uname -m` names it. */
const elfMachine = (header: Buffer): string => {
  if (header.toString("latin1", 0, 4) !== "\x7fELF") return "no ELF file";
  const machine = header.readUInt16LE(18);
  return { 3: "i686", 62: "x86_64", 183: "aarch64" }[machine] ?? `e_machine ${machine}`;
};
