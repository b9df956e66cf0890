import type { AgentClient } from "../../harness/index.ts";
import { reportDirectory } from "./user-data.ts";

/** What user data wrote down; of a program that was run several times the last run, but for `runs`. */
export interface Report {
  readonly runs: readonly { readonly bootId: string; readonly startedMs: number }[];
  /** Since the kernel was started; undefined when it did not get to its end. */
  readonly endedMs: number | undefined;
  /** By the kind, as in `mnt:[4026532201]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Its effective ones, as hexadecimal digits. */
  readonly capabilities: string | undefined;
  /** The line of its mount table that tells of its root. */
  readonly root: string | undefined;
  /** What it tried and how it came out as it saw it, as in `volume /opt`. */
  readonly tries: ReadonlyMap<string, string>;
}

const maxBytes = 65_536;

/** Undefined when no program left a report of this name. */
export const readReport = async (agent: AgentClient, name: string): Promise<Report | undefined> => {
  const path = `${reportDirectory}/${name}`;
  if (!(await agent.exists(path))) return undefined;
  return parseReport(String(await agent.readFile(path, { length: maxBytes })));
};

const parseReport = (text: string): Report => {
  const lines = text.split("\n").map((line) => {
    const [key = "", ...rest] = line.split(" ");
    return { key, rest };
  });
  const last = (key: string): readonly string[] | undefined =>
    lines.findLast((line) => line.key === key)?.rest;
  const uptimeMs = (seconds: string | undefined): number => Math.round(Number(seconds) * 1000);
  const end = last("end");
  return {
    runs: lines
      .filter(({ key }) => key === "run")
      .map(({ rest: [bootId = "", uptime] }) => ({ bootId, startedMs: uptimeMs(uptime) })),
    endedMs: end === undefined ? undefined : uptimeMs(end[0]),
    namespaces: Object.fromEntries(
      ["mnt", "net", "pid"].map((kind) => [kind, last(kind)?.join(" ") ?? ""]),
    ),
    capabilities: last("capabilities")?.join(" "),
    root: last("root")?.join(" "),
    tries: new Map(
      lines
        .filter(({ key }) => key === "try")
        .map(({ rest }) => [rest.slice(0, -1).join(" "), rest.at(-1) ?? ""]),
    ),
  };
};
