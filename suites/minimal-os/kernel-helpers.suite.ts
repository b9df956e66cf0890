import { posix } from "node:path";
import { type AgentClient, errorCodeOf, fail, test, unsupported } from "../../harness/index.ts";

// Programs that the kernel starts by itself: Documentation/admin-guide/sysctl/kernel.rst, uevent_helper in
// Documentation/ABI/testing/sysfs-uevent. Root can set them at any time; here is what the boot made of them.
const settings = [
  "/proc/sys/kernel/core_pattern",
  "/proc/sys/kernel/modprobe",
  "/proc/sys/kernel/hotplug",
  "/proc/sys/kernel/poweroff_cmd",
  "/sys/kernel/uevent_helper",
];
const shells = /^(?:[a-z]*sh|busybox|toybox|env|python[\d.]*|perl[\d.]*)$/;

test("minimal-os/kernel-helpers", {
  claim: "C29",
  title:
    "Programs that the kernel starts by itself are there, or none is set, and none is a shell or a script",
}, async ({ agent, profile, evidence, figure }) => {
  if (profile.minimalOs?.without["shell-references"] === undefined)
    return unsupported("The profile allows them");
  const problems: string[] = [];
  for (const setting of settings) {
    const value = await read(agent, setting);
    const [program] = /^\|?\s*(\/\S+)/.exec(value ?? "")?.slice(1) ?? [];
    const seen = program === undefined ? undefined : await seeProgram(agent, program);
    evidence(
      "kernel-helper",
      `${setting}: ${value ?? "no such setting"}${seen === undefined ? "" : ` (${seen.text})`}`,
    );
    if (seen?.isSound === false) problems.push(`${setting} is ${value}: ${seen.text}`);
  }
  figure("settings", settings.length, "count");
  if (problems.length > 0) fail(problems.join("; "));
});

interface SeenProgram {
  readonly isSound: boolean;
  readonly text: string;
}

async function seeProgram(agent: AgentClient, program: string): Promise<SeenProgram> {
  const names = await namesOf(agent, program);
  const head = await agent.readFile(program, { length: 4 }).catch(ignoreAbsence);
  if (head === undefined) return { isSound: false, text: "not there" };
  const shell = names.find((name) => shells.test(posix.basename(name)));
  if (shell !== undefined) return { isSound: false, text: `a shell by its name ${shell}` };
  const start = head.toString("latin1");
  if (start.startsWith("#!")) return { isSound: false, text: "a script" };
  if (start !== "\x7fELF") return { isSound: false, text: "no program" };
  return { isSound: true, text: names.length > 1 ? `a link to ${names.at(-1)}` : "a program" };
}

/** A path with the links that it leads over. */
async function namesOf(agent: AgentClient, path: string): Promise<readonly string[]> {
  const names = [path];
  for (let name = path; names.length < 10; names.push(name)) {
    const entry = await agent.stat(name).catch(ignoreAbsence);
    if (entry?.linkTarget === undefined) break;
    name = posix.resolve(posix.dirname(name), entry.linkTarget);
  }
  return names;
}

async function read(agent: AgentClient, path: string): Promise<string | undefined> {
  const content = await agent.readFile(path).catch(ignoreAbsence);
  const value = content?.toString("latin1").replace(/[\0\n]+$/, "");
  return value === "" ? "empty" : value;
}

function ignoreAbsence(error: unknown): undefined {
  const { details } = error as { details?: { readonly errno?: unknown } };
  const isAbsent = errorCodeOf(error) === "AGENT_REQUEST" && details?.errno === "ENOENT";
  if (!isAbsent) throw error;
}
