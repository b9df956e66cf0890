import { type AgentClient, errnoOf } from "../../harness/index.ts";

/** The guest may have any number of files in /etc. */
const maxEntries = 5000;
const atOnce = 16;

/** What stands below a directory of the guest, by its path there, as `TreeDigests` has it. */
export const digestsBelow = async (
  agent: AgentClient,
  directory: string,
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  const files: { readonly path: string; readonly facts: string }[] = [];
  await agent.walk(
    directory,
    ({ path, type, mode, uid, gid, size, linkTarget }) => {
      const facts = `${type} ${mode.toString(8).padStart(4, "0")} ${uid}:${gid}`;
      if (type === "symlink") found.set(path, `link ${linkTarget ?? "unreadable"}`);
      else if (type === "file") files.push({ path, facts: `${facts} ${size}` });
      else found.set(path, facts);
    },
    { maxEntries },
  );
  for (let at = 0; at < files.length; at += atOnce)
    await Promise.all(
      files.slice(at, at + atOnce).map(async ({ path, facts }) => {
        found.set(path, `${facts} ${await agent.sha256(path).catch(goneOr)}`);
      }),
    );
  return found;
};

/** What a running node changes it may take away between two looks. */
const goneOr = (error: unknown): string => {
  if (errnoOf(error) !== "ENOENT") throw error;
  return "gone";
};

const mountedAt = "/run/bootwright/shipped";

/**
 * The /etc of the file system that `/` is, below whatever lies over it, by paths of /etc; undefined where that is writable, or no file
 * system of its own. dm-verity holds it to what was shipped.
 */
export const etcOfRootDevice = async (
  agent: AgentClient,
): Promise<ReadonlyMap<string, string> | undefined> => {
  const root = (await agent.mounts()).findLast(({ path }) => path === "/");
  if (root === undefined || root.filesystem !== "erofs") return undefined;
  const { source, filesystem: type } = root;
  await agent.mount({ source, target: mountedAt, type, options: ["ro"] });
  try {
    const below = await digestsBelow(agent, `${mountedAt}/etc`);
    return new Map([...below].map(([path, digest]) => [path.slice(mountedAt.length), digest]));
  } finally {
    await agent.unmount(mountedAt);
  }
};
