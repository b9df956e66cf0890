import {
  type AgentClient,
  agentOf,
  deadlineAfter,
  defineTrial,
  type Trial,
} from "../../harness/index.ts";
import { guestProcesses, isOfUnit } from "../host-containers/guest-processes.ts";
import { type Leftovers, leftoversOf } from "../host-containers/leftovers.ts";
import { AdminApi, type AdminContainer, type Answer, adminContainer } from "./admin-api.ts";
import { type Inside, lookInside } from "./inside.ts";
import { type Listening, listeningAt } from "./listening-at.ts";
import { type TracedRequest, tracedRequests } from "./request-journal.ts";
import { makeSshKey } from "./ssh-key.ts";

/** The admin container from before its start until after its end. */
export interface AdminSession {
  /** Why more may start than was seen; undefined when all of the boot was done. */
  readonly bootNotOver?: string;
  /** After the boot, before anybody asked for it: what there is of it. */
  readonly uninvited: readonly string[];
  readonly portBefore: readonly Listening[];
  readonly start: Answer;
  readonly portWhile: readonly Listening[];
  /** Undefined when the host has no such process. */
  readonly inside: Inside | undefined;
  readonly stop: Answer;
  readonly portAfter: readonly Listening[];
  readonly leftovers: Leftovers;
  /** What was asked for, and what the journal has of it; undefined without journalctl. */
  readonly requests: AdminApi["requests"];
  readonly traced: readonly TracedRequest[] | undefined;
}

// A kubelet that is slow to start holds it back.
const bootMs = 600_000;
const bootIsOver = "default.target";

export const adminSession: Trial<AdminSession> = defineTrial(async ({ sharedMachine }) => {
  const expected = adminContainer();
  const agent = agentOf(await sharedMachine());
  // What starts late has started then.
  const { isActive, reason } = await agent.waitForUnitUntil(bootIsOver, deadlineAfter(bootMs));
  const uninvited = await presence(agent, expected);
  const before = (await tracedRequests(agent, expected))?.length ?? 0;
  const api = new AdminApi(agent, expected);
  if (uninvited.length > 0) await api.stop();
  const portBefore = await listeningAt(agent, expected.port);
  const keys = { invited: makeSshKey(), stranger: makeSshKey() };
  // A request that cannot be granted is one that must be traced too.
  await api.start("no key");
  const start = await api.start(keys.invited.publicLine);
  const portWhile = await listeningAt(agent, expected.port);
  const pid = portWhile[0]?.pid ?? 0;
  const inside = await lookInside(agent, api, { expected, pid, keys });
  const ranUntilMs = await uptimeMs(agent);
  const stop = await api.stop();
  return {
    ...(isActive ? {} : { bootNotOver: `${bootIsOver} is ${reason}` }),
    uninvited,
    portBefore,
    start,
    portWhile,
    inside,
    stop,
    portAfter: await listeningAt(agent, expected.port),
    leftovers: await leftoversOf(
      agent,
      {
        mountNamespace: inside?.process.namespaces["mnt"],
        ranUntilMs,
        rootMount: inside?.rootMount,
      },
      expected.runtimeUnit,
    ),
    requests: api.requests,
    traced: (await tracedRequests(agent, expected))?.slice(before),
  };
});

/** Since the kernel was started, as it counts for its processes. */
const uptimeMs = async (agent: AgentClient): Promise<number> =>
  Number(String(await agent.readFile("/proc/uptime")).split(" ", 1)[0]) * 1000;

const presence = async (
  agent: AgentClient,
  { port, runtimeUnit }: AdminContainer,
): Promise<readonly string[]> => {
  const { activeState } = await agent.unit(runtimeUnit);
  const processes = await guestProcesses(agent);
  return [
    ...(await listeningAt(agent, port)).map(({ pid }) => `process ${pid} listens on port ${port}`),
    ...(activeState === "inactive" ? [] : [`unit ${runtimeUnit} is ${activeState}`]),
    ...processes
      .filter((process) => isOfUnit(process, runtimeUnit))
      .map(({ name, pid }) => `process ${name} (${pid}) of ${runtimeUnit}`),
  ];
};
