import { z } from "zod";
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  deadlineAfter,
  defineTrial,
  inconclusive,
  type Trial,
} from "../../harness/index.ts";
import { EarlyWatch, type NetworkUp } from "./early-watch.ts";
import { knockAt } from "./knocking.ts";
import type { Listening } from "./listening.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";
import { type TypedKeys, type TypedLine, typeOnKeyboard, typeOnSerialLine } from "./typing.ts";

const sshPort = 22;
/** Opened by the agent at the end, for one connection that must come through. */
const controlPort = 47_022;
const minuteNs = 60e9;

export interface Knocks {
  readonly tries: number;
  /** By the packets: how often the guest was asked for a connection, took one, and refused one. */
  readonly asked: number;
  readonly taken: number;
  readonly refused: number;
  /** There were more packets than are read. */
  readonly isTruncated: boolean;
  /** Whether a connection to a port that was open for it came through. */
  readonly doesControlWork: boolean;
}

/** What a machine with a network card did that was left alone for a minute, and then typed at. */
export interface LeftAlone {
  readonly network: NetworkUp;
  readonly listening: Listening;
  /** Of the guest's clock, when the machine was ready. */
  readonly readyNs: number;
  readonly knocks: Knocks;
  /** A minute after it was ready, before anything was typed. */
  readonly idle: Snapshot;
  readonly keyboard: TypedKeys;
  readonly serial: TypedLine;
  readonly consoleLines: readonly string[];
}

export const leftAlone: Trial<LeftAlone> = defineTrial(async ({ boot }) => {
  await using early = new EarlyWatch(sshPort);
  const machine = await boot("left-alone", {
    network: { forwardedPorts: [sshPort, controlPort] },
    observe: early.observe,
  });
  const agent = agentOf(machine);
  const { watch, network } = await early.watched();
  const readyNs = watch.lastNs;
  const deadline = deadlineAfter(600_000);
  while (watch.lastNs < readyNs + minuteNs) {
    if (deadline.remainingMs() === 0)
      inconclusive("A minute of the guest took over ten of the host");
    await watch.watch(3000);
  }
  const idle = await snapshot(agent);
  const keyboard = await typeOnKeyboard(machine, agent, watch);
  const serial = await typeOnSerialLine(machine, agent, watch);
  const listening = watch.heard();
  const tries = await early.stopKnocking();
  const knocks = { tries, ...(await outcomeOfKnocks(machine, agent)) };
  const consoleLines = machine.consoleLines();
  return { network, listening, readyNs, knocks, idle, keyboard, serial, consoleLines };
});

const accepted = z.object({ accepted: z.boolean() });

const tryControl = async (machine: BootedMachine, agent: AgentClient): Promise<boolean> => {
  const port = machine.hostPort(controlPort);
  if (port === undefined) return false;
  const knocking = knockAt(port);
  const deadline = deadlineAfter(60_000);
  const input = { port: controlPort, timeoutMs: 20_000 };
  const answer = await agent.probe("tcp-accept", input, accepted, { deadline });
  await knocking.stop();
  return answer.accepted;
};

const outcomeOfKnocks = async (
  machine: BootedMachine,
  agent: AgentClient,
): Promise<Omit<Knocks, "tries">> => {
  const doesControlWork = await tryControl(machine, agent);
  const packets = machine.packets();
  const ssh = (packets?.segments ?? []).filter(({ guestPort }) => guestPort === sshPort);
  const fromGuest = ssh.filter(({ isFromGuest }) => isFromGuest);
  return {
    doesControlWork,
    asked: ssh.filter(({ isFromGuest, isSyn }) => !isFromGuest && isSyn).length,
    taken: fromGuest.filter(({ isSyn, isAck }) => isSyn && isAck).length,
    refused: fromGuest.filter(({ isReset }) => isReset).length,
    isTruncated: packets?.isTruncated ?? false,
  };
};
