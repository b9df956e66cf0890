import type { AgentClient } from "../../harness/index.ts";
import { type GuestProcess, guestProcesses } from "../host-containers/guest-processes.ts";
import type { AdminApi, AdminContainer, Ran } from "./admin-api.ts";
import type { SshKey } from "./ssh-key.ts";

/** What a program in the container did to the host's directories. */
export interface WriteTries {
  /** By the program itself: `DIRECTORY done`, `DIRECTORY refused` or `DIRECTORY absent`. */
  readonly told: readonly string[];
  /** Files that are on the host now. */
  readonly madeOnHost: readonly string[];
  /** Whether the same program made a file in the container itself. */
  readonly canWriteOwn: boolean;
}

/** The running container: by the host's kernel, and by programs in it. */
export interface Inside {
  readonly process: GuestProcess;
  /** Who started it, by the process tree. */
  readonly parent: GuestProcess | undefined;
  readonly init: GuestProcess | undefined;
  /** The line of its mount table that tells of its root. */
  readonly rootMount: string;
  /** Devices of what is mounted at the host's /, as in 8:1. */
  readonly hostRootDevices: readonly string[];
  /** The name of the process that programs in it see as the first one. */
  readonly firstProcess: Ran;
  readonly hostFile: { readonly onHost: string; readonly seen: Ran };
  readonly writes: WriteTries;
  /** Logins over SSH that ask for the mount namespace they get to: with the key that the start named, and another. */
  readonly login: Ran;
  readonly strangerLogin: Ran;
}

const fileName = "bootwright-admin";

/** @param pid of the process that takes logins, as the host counts. */
export const lookInside = async (
  agent: AgentClient,
  api: AdminApi,
  {
    expected,
    pid,
    keys,
  }: {
    readonly expected: AdminContainer;
    readonly pid: number;
    readonly keys: { readonly invited: SshKey; readonly stranger: SshKey };
  },
): Promise<Inside | undefined> => {
  const processes = await guestProcesses(agent);
  const process = processes.find((one) => one.pid === pid);
  if (process === undefined) return undefined;
  const mounts = String(await agent.readFile(`/proc/${pid}/mountinfo`));
  return {
    process,
    parent: processes.find((one) => one.pid === process.ppid),
    init: processes.find((one) => one.pid === 1),
    rootMount: mounts.split("\n").findLast((line) => line.split(" ")[4] === "/") ?? "",
    hostRootDevices: (await agent.mounts())
      .filter(({ path }) => path === "/")
      .map(({ device }) => device),
    firstProcess: await api.exec(["cat", "/proc/1/comm"]),
    hostFile: await readHostFile(agent, api, expected),
    writes: await tryWrites(agent, api, { expected, pid }),
    login: await logIn(agent, api, { expected, pid, key: keys.invited }),
    strangerLogin: await logIn(agent, api, { expected, pid, key: keys.stranger }),
  };
};

/** A file that no image and no container can know. */
const readHostFile = async (
  agent: AgentClient,
  api: AdminApi,
  { hostRoot }: AdminContainer,
): Promise<Inside["hostFile"]> => {
  const path = `/var/${fileName}`;
  const onHost = `seen in ${agent.info.bootId}`;
  await agent.writeFile(path, onHost);
  return { onHost, seen: await api.exec(["cat", `${hostRoot}${path}`]) };
};

const writeScript = `
root=$1; name=$2; shift 2
make() { echo made >"$1"; }
try() { if make "$1" 2>/dev/null; then echo "$2 done"; else echo "$2 refused"; fi; }
for d; do
  if [ ! -d "$root$d" ]; then echo "$d absent"; continue; fi
  mount -o remount,rw,bind "$root$d" 2>/dev/null
  try "$root$d/$name" "$d"
done
try "/tmp/$name" own
`;

const tryWrites = async (
  agent: AgentClient,
  api: AdminApi,
  { expected, pid }: { readonly expected: AdminContainer; readonly pid: number },
): Promise<WriteTries> => {
  const { hostRoot, hostDirectories } = expected;
  const name = `${fileName}-write`;
  const argv = ["sh", "-c", writeScript, "sh", hostRoot, name, ...hostDirectories];
  const { stdout } = await api.exec(argv);
  const madeOnHost: string[] = [];
  for (const directory of hostDirectories) {
    const path = `${directory}/${name}`.replace("//", "/");
    if (await agent.exists(path)) madeOnHost.push(path);
  }
  return {
    told: stdout.split("\n").filter((line) => line.startsWith("/")),
    madeOnHost,
    canWriteOwn: await agent.exists(`/proc/${pid}/root/tmp/${name}`),
  };
};

const logIn = async (
  agent: AgentClient,
  api: AdminApi,
  {
    expected,
    pid,
    key,
  }: {
    readonly expected: AdminContainer;
    readonly pid: number;
    readonly key: SshKey;
  },
): Promise<Ran> => {
  const path = `/tmp/${fileName}-key`;
  await agent.writeFile(`/proc/${pid}/root${path}`, key.dropbearFile, { mode: 0o600 });
  const { user, port } = expected;
  // Twice -y: whatever key the server proves itself with, which nobody could have told this client before.
  const client = ["dbclient", "-y", "-y", "-i", path, "-p", `${port}`];
  return await api.exec([...client, `${user}@127.0.0.1`, "readlink /proc/self/ns/mnt"]);
};
