import {
  type AgentClient,
  deadlineAfter,
  errorCodeOf,
  inconclusive,
  test,
  unsupported,
} from "../../harness/index.ts";
import { type Finding, judgeExceptions } from "./judge-findings.ts";

// What no file of the image shows: a program that the boot puts there, on the data disk or in memory.
const directories = [
  "/bin",
  "/sbin",
  "/usr/bin",
  "/usr/sbin",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/opt/bin",
  "/run/bin",
];

const checks = [
  {
    name: "shells",
    claim: "C29",
    promises: ["shells"],
    programs: "sh bash rbash dash ash zsh ksh ksh93 mksh csh tcsh fish busybox toybox sash".split(
      " ",
    ),
  },
  {
    name: "interpreters",
    claim: "C06",
    promises: ["interpreters"],
    programs:
      "python python2 python3 perl ruby lua luajit node php tclsh guile awk gawk mawk".split(" "),
  },
  {
    name: "package-managers",
    claim: "C16",
    promises: ["package-managers"],
    programs: "apt apt-get dpkg rpm yum dnf microdnf rpm-ostree zypper pacman apk snap".split(" "),
  },
  {
    name: "tools",
    claim: "C24",
    promises: ["compilers", "debug-tools"],
    programs: "gcc cc ld as objdump readelf gdb strace ltrace tcpdump nc ncat socat".split(" "),
  },
  {
    name: "remote-access",
    claim: "C07",
    promises: ["ssh", "login-programs"],
    programs: "sshd ssh scp dropbear telnetd agetty getty login sulogin".split(" "),
  },
] as const;

for (const { name, claim, promises, programs } of checks) {
  test(`minimal-os/execute/${name}`, {
    claim,
    title: `When the machine is ready, none of ${programs.slice(0, 3).join(", ")}, … can be executed in the usual places`,
  }, async ({ agent, profile, evidence, figure }) => {
    const { without = {} } = profile.minimalOs ?? {};
    const exceptions = promises.map((promise) => without[promise]);
    if (exceptions.includes(undefined)) return unsupported("The profile does not promise it");
    await requireThatExecWorks(agent);
    const found = (
      await Promise.all(directories.map((directory) => foundIn(agent, directory, programs)))
    ).flat();
    const tried = directories.length * programs.length;
    figure("tried", tried, "count");
    evidence("exec", `execve of ${tried} paths: ENOENT for all but ${found.length}`);
    const allowed = exceptions.flatMap((list) => list ?? []);
    return judgeExceptions({ evidence, figure }, found, allowed);
  });
}

async function foundIn(
  agent: AgentClient,
  directory: string,
  programs: readonly string[],
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const program of programs) {
    const path = `${directory}/${program}`;
    const seen = await execute(agent, [path]);
    if (seen !== undefined) found.push({ path, text: `${path}: ${seen}` });
  }
  return found;
}

/** What came of executing a program without input; undefined when there is none. */
async function execute(
  agent: AgentClient,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  const [path] = argv;
  try {
    const { exit } = await agent.exec(argv, { deadline: deadlineAfter(30_000) });
    return exit.kind === "exited" ? `exit code ${exit.code}` : exit.signal;
  } catch (error) {
    // A program that does not end is there; a guest that does not answer says nothing.
    if (errorCodeOf(error) === "TIMEOUT" && (await isThere(agent, path))) return "it did not end";
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    // ENOTDIR: a directory on the way is not there.
    return ["ENOENT", "ENOTDIR"].includes(errno) ? undefined : errno;
  }
}

async function isThere(agent: AgentClient, path: string): Promise<boolean> {
  return await agent.stat(path).then(
    () => true,
    (error: unknown) => {
      if (errnoOf(error) === undefined) throw error;
      return false;
    },
  );
}

/** Init itself is the program that every machine has: without this, a guest in which nothing runs would pass. */
async function requireThatExecWorks(agent: AgentClient): Promise<void> {
  const seen = await execute(agent, ["/proc/1/exe", "--version"]);
  if (seen === undefined || !/^exit code/.test(seen)) {
    inconclusive(`Init's program could not be executed: ${seen ?? "ENOENT"}`);
  }
}

function errnoOf(error: unknown): string | undefined {
  const { details } = error as { details?: { readonly errno?: unknown } };
  return errorCodeOf(error) === "AGENT_REQUEST" && typeof details?.errno === "string"
    ? details.errno
    : undefined;
}
