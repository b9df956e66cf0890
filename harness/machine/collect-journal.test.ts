import { expect, test } from "vitest";
import type { AgentClient } from "../agent/agent-client.ts";
import { GuestError, TimeoutError } from "../core/errors.ts";
import { collectJournal } from "./collect-journal.ts";

/** A guest whose journalctl prints these chunks and then ends so. */
const guest = (chunks: readonly string[], end?: Error): Pick<AgentClient, "exec" | "ping"> => ({
  ping: async () => undefined,
  exec: async (_argv, { onStdout } = {}) => {
    for (const chunk of chunks) await onStdout?.(Buffer.from(chunk));
    if (end !== undefined) throw end;
    return {
      exit: { kind: "exited", code: 0 },
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
      isTruncated: false,
      elapsedMs: 1,
      userMs: 1,
      systemMs: 1,
      maxRssKiB: 1,
    };
  },
});

test("the journal's lines become one JSON array, however they were cut", async () => {
  const text = await collectJournal(guest(['{"MESSAGE":"o', 'ne"}\n{"MESSAGE":"two"}\n']), "port");
  expect(JSON.parse(text ?? "")).toEqual([{ MESSAGE: "one" }, { MESSAGE: "two" }]);
});

test("what came before the time was over is kept", async () => {
  const late = guest(['{"MESSAGE":"one"}\n{"MESS'], new TimeoutError("exec was late"));
  expect(JSON.parse((await collectJournal(late, "port")) ?? "")).toEqual([{ MESSAGE: "one" }]);
});

test("a guest without journalctl, or one that answers nonsense, has no journal", async () => {
  const refuses = guest([], new GuestError("AGENT_REQUEST", "No such file: journalctl"));
  const babbles = guest(["-- No entries --\n{]\n"]);
  expect([await collectJournal(refuses, "port"), await collectJournal(babbles, "uart")]).toEqual([
    undefined,
    undefined,
  ]);
});

test("a flood is cut at 8 MiB", async () => {
  const line = `{"MESSAGE":"${"x".repeat(1 << 20)}"}\n`;
  const text = await collectJournal(guest(Array.from({ length: 20 }, () => line)), "port");
  expect(JSON.parse(text ?? "")).toHaveLength(7);
});
