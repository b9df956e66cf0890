import { type AgentClient, profile } from "../../harness/index.ts";

/** What an administrator and the node's workloads left before the first update, and must find again. */
export interface NodeChanges {
  /** Absent where the profile does not say that /etc is the node's own. */
  readonly etc?: EtcChanges;
  /** Files on the data disk. */
  readonly markers: readonly string[];
}

export interface EtcChanges {
  /** A shipped file of /etc that was changed, one that was added, and the machine's id: path to digest. */
  readonly kept: ReadonlyMap<string, string>;
  /** A shipped file of /etc that was deleted. */
  readonly deleted: string;
  /** Will be written while the newer release runs. */
  readonly madeLater: string;
}

const added = "/etc/bootwright-added.conf";
/** The node's own: systemd made it at the first boot, machine-id(5). */
const machineId = "/etc/machine-id";
const madeLater = "/etc/bootwright-made-later.conf";

export type PromisedUpgrade = NonNullable<ReturnType<typeof profile>["upgrade"]>;

/** Edits, deletes and adds files of /etc, and leaves files on the data disk. */
export const changeNode = async (
  agent: AgentClient,
  { etc }: Pick<PromisedUpgrade, "etc">,
): Promise<NodeChanges> => {
  const markers = await leaveMarkers(agent);
  return etc === undefined ? { markers } : { etc: await changeEtc(agent, etc), markers };
};

const changeEtc = async (
  agent: AgentClient,
  etc: NonNullable<PromisedUpgrade["etc"]>,
): Promise<EtcChanges> => {
  const before = await agent.readFile(etc.edit, { length: 1_048_576 });
  const edited = Buffer.concat([before, Buffer.from("# edited by hand\n")]);
  await agent.writeFile(etc.edit, edited);
  await agent.writeFile(added, "# added by hand\n", { mode: 0o640 });
  await agent.remove(etc.delete);
  const kept = new Map<string, string>();
  const own = (await agent.exists(machineId)) ? [machineId] : [];
  for (const path of [etc.edit, added, ...own]) kept.set(path, await digestAt(agent, path));
  return { kept, deleted: etc.delete, madeLater };
};

/** An edit under the newer release, of which the profile says whether going back keeps it. */
export const changeLater = async (agent: AgentClient): Promise<void> =>
  await agent.writeFile(madeLater, "# made after the update\n");

/** Of several sizes and permissions; the last is in several blocks and not a multiple of one. */
const leaveMarkers = async (agent: AgentClient): Promise<readonly string[]> => {
  const mountPoint = profile().dataDisk?.mountPoint;
  if (mountPoint === undefined) return [];
  const folder = `${mountPoint}/bootwright-upgrade`;
  await agent.makeDirectory(`${folder}/deep/er`);
  const files = [
    { path: `${folder}/small`, bytes: 1, mode: 0o600 },
    { path: `${folder}/deep/er/empty`, bytes: 0, mode: 0o644 },
    { path: `${folder}/deep/large`, bytes: 300_001, mode: 0o444 },
  ];
  for (const { path, bytes, mode } of files)
    await agent.writeFile(path, patternOf(path, bytes), { mode });
  return files.map(({ path }) => path);
};

const patternOf = (seed: string, bytes: number): Buffer =>
  Buffer.alloc(bytes, `${seed} in ${bytes} bytes\n`);

/** As `TreeDigests` has it; undefined where nothing stands at the path. */
const digestAt = async (agent: AgentClient, path: string): Promise<string> => {
  const { type, mode, uid, gid, size, linkTarget } = await agent.stat(path);
  if (type === "symlink") return `link ${linkTarget ?? "unreadable"}`;
  const facts = `${type} ${mode.toString(8).padStart(4, "0")} ${uid}:${gid}`;
  return type === "file" ? `${facts} ${size} ${await agent.sha256(path)}` : facts;
};
