import { expect, test } from "vitest";
import { deadlineAfter } from "../../harness/core/deadline.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { connectQmp } from "./client.ts";
import { maxLineBytes } from "./codec.ts";
import type { QmpEvent } from "./message.ts";
import { fakeQmpServer } from "./testing/fake-qmp-server.ts";

const soon = () => deadlineAfter(5_000);
const stop = '{"timestamp": {"seconds": 10, "microseconds": 500000}, "event": "STOP"}\r\n';

test("connecting gives the version and leaves negotiation mode", async () => {
  await using server = await fakeQmpServer();
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  expect(qmp.version).toEqual({ qemu: { major: 10, minor: 0, micro: 13 }, package: "fake" });
  expect(server.received).toEqual([{ execute: "qmp_capabilities", id: 1 }]);
});

test("an event that comes before the result is delivered and the result still arrives", async () => {
  const events: QmpEvent[] = [];
  await using server = await fakeQmpServer({
    onCommand: ({ id }, { send }) => send(`${stop}{"return": {"ok": 1}, "id": ${id}}\r\n`),
  });
  await using qmp = await connectQmp(server.socketPath, {
    deadline: soon(),
    onEvent: (event) => events.push(event),
  });
  const stopped = qmp.waitForEvent("STOP", soon());
  expect(await qmp.execute("stop", undefined, soon())).toEqual({ ok: 1 });
  expect(await stopped).toEqual({ name: "STOP", data: {}, atMs: 10_500 });
  expect(events).toEqual([{ name: "STOP", data: {}, atMs: 10_500 }]);
});

test("two answers in one chunk reach their own commands, in whatever order they come", async () => {
  const ids: number[] = [];
  await using server = await fakeQmpServer({
    onCommand: ({ id }, { send }) => {
      ids.push(id);
      const [first, second] = ids;
      if (second === undefined) return;
      send(`{"return": "second", "id": ${second}}\r\n{"return": "first", "id": ${first}}\r\n`);
    },
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  const answers = ["a", "b"].map((name) => qmp.execute(name, undefined, soon()));
  expect(await Promise.all(answers)).toEqual(["first", "second"]);
});

test("half a line waits for its other half", async () => {
  await using server = await fakeQmpServer({
    onCommand: ({ name, id }, { send }) => {
      if (name === "first-half") send('{"return": "whole"');
      else send(`, "id": ${id - 1}}\r\n{"return": "next", "id": ${id}}\r\n`);
    },
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  const first = qmp.execute("first-half", undefined, soon());
  expect(await qmp.execute("second-half", undefined, soon())).toBe("next");
  expect(await first).toBe("whole");
});

test("a refused command tells the command and QEMU's reason, and the connection lives on", async () => {
  await using server = await fakeQmpServer({
    onCommand: ({ name, id }, { send }) =>
      send(
        name === "bad"
          ? `{"error": {"class": "CommandNotFound", "desc": "no \\u001b[31mbad"}, "id": ${id}}\r\n`
          : `{"return": {}, "id": ${id}}\r\n`,
      ),
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  await expect(qmp.execute("bad", undefined, soon())).rejects.toMatchObject({
    code: "QMP",
    message: "QEMU refused bad: no \\x1b[31mbad",
    details: { command: "bad", class: "CommandNotFound" },
  });
  expect(await qmp.execute("good", undefined, soon())).toEqual({});
});

test("the end of the connection before the greeting is QMP_CLOSED", async () => {
  await using server = await fakeQmpServer({ greeting: undefined });
  await expect(connectQmp(server.socketPath, { deadline: soon() })).rejects.toMatchObject({
    code: "QMP_CLOSED",
    message: "The QMP connection ended before its greeting",
  });
});

test("nobody listening is QMP_CLOSED with the system's reason", async () => {
  await using directory = await tempDir();
  const path = `${directory.path}/none.sock`;
  await expect(connectQmp(path, { deadline: soon() })).rejects.toMatchObject({
    code: "QMP_CLOSED",
    cause: { code: "ENOENT" },
  });
});

test("a greeting that does not come is a time-out", async () => {
  await using server = await fakeQmpServer({ greeting: "" });
  await expect(
    connectQmp(server.socketPath, { deadline: deadlineAfter(20) }),
  ).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("the end of the connection ends every wait, and closed tells that it was a plain end", async () => {
  await using server = await fakeQmpServer({ onCommand: (_, { hangUp }) => hangUp() });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  const event = qmp.waitForEvent("SHUTDOWN", soon());
  event.catch(() => undefined);
  await expect(qmp.execute("query-status", undefined, soon())).rejects.toMatchObject({
    code: "QMP_CLOSED",
    message: "The QMP connection ended while query-status was waited for",
  });
  await expect(event).rejects.toMatchObject({ code: "QMP_CLOSED" });
  expect(await qmp.closed).toBeUndefined();
  await expect(qmp.execute("stop", undefined, soon())).rejects.toMatchObject({
    code: "QMP_CLOSED",
    message: "The QMP connection ended before stop",
  });
});

test("an answer to a command that was never sent ends the connection", async () => {
  await using server = await fakeQmpServer({
    onCommand: (_, { send }) => send('{"return": {}, "id": 999}\r\n'),
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  await expect(qmp.execute("stop", undefined, soon())).rejects.toMatchObject({
    code: "QMP_CLOSED",
    cause: {
      code: "QMP",
      message: 'QMP answer to a command that was not sent: {"return":{},"id":999}',
    },
  });
});

test("a command that timed out may be answered late without harm", async () => {
  await using server = await fakeQmpServer({
    onCommand: ({ name, id }, { send }) => {
      if (name === "slow") return;
      send(`{"return": "late", "id": ${id - 1}}\r\n{"return": "now", "id": ${id}}\r\n`);
    },
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  await expect(qmp.execute("slow", undefined, deadlineAfter(20))).rejects.toMatchObject({
    code: "TIMEOUT",
    message: "QMP answer to slow did not happen within 20 ms; last seen: nothing",
  });
  expect(await qmp.execute("quick", undefined, soon())).toBe("now");
});

test("a line without end ends the connection", async () => {
  await using server = await fakeQmpServer({
    onCommand: (_, { send }) => send("x".repeat(maxLineBytes + 1)),
  });
  await using qmp = await connectQmp(server.socketPath, { deadline: soon() });
  await expect(qmp.execute("stop", undefined, soon())).rejects.toMatchObject({
    code: "QMP_CLOSED",
    cause: { code: "QMP" },
  });
});
