import {
  type AgentClient,
  agentOf,
  type DiskContents,
  defineTrial,
  profile,
  type Trial,
} from "../../harness/index.ts";

/** Where a file is left before a machine ends, and whether it must be there when the next one starts. */
export const places: readonly { readonly path: string; readonly isKept: boolean }[] = [
  ...keptPaths().map((path) => ({ path, isKept: true })),
  ...(profile().readOnlyRoot?.tmpfs ?? []).map((path) => ({ path, isKept: false })),
];

function keptPaths(): readonly string[] {
  const { readOnlyRoot, dataDisk } = profile();
  const stateful = (readOnlyRoot?.directories ?? []).filter((one) => one.class === "stateful");
  const mountPoints = dataDisk === undefined ? [] : [dataDisk.mountPoint];
  return [...new Set([...mountPoints, ...stateful.map(({ path }) => path)])];
}

const fileName = "bootwright-marker";

export interface Marked {
  /** What the files say. */
  readonly text: string;
  readonly contents: DiskContents;
}

/** Leaves a file in each place of a machine and powers it off. */
export const marked: Trial<Marked> = defineTrial(async ({ sharedMachine, powerOff }) => {
  const machine = await sharedMachine();
  const agent = agentOf(machine);
  const text = `left in ${agent.info.bootId}`;
  for (const { path } of places) await agent.writeFile(`${path}/${fileName}`, text);
  return { text, contents: await powerOff(machine) };
});

/** What the file in this place says; undefined when there is none. */
export const markerIn = async (agent: AgentClient, path: string): Promise<string | undefined> => {
  const file = `${path}/${fileName}`;
  if (!(await agent.exists(file))) return undefined;
  return String(await agent.readFile(file, { length: 256 }));
};
