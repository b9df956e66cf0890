import {
  type CheckTools,
  expect,
  inconclusive,
  matchesGlob,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { expectNone } from "./expect-none.ts";
import { closed, expected } from "./expected.ts";
import { leftAlone } from "./left-alone.ts";
import type { Listener } from "./listening.ts";
import { atTerminals } from "./snapshot.ts";

/** A socket that is open for less may not have been seen. */
const longestGapMs = 5000;

const describe = ({ protocol, address, port, process }: Listener): string =>
  `${protocol} ${address}:${port} ${process}`.trim();

const isAllowed = (heard: Listener): boolean =>
  (expected?.listeners ?? []).some(
    ({ protocol, address = heard.address, port = heard.port, process }) =>
      heard.protocol.startsWith(protocol) &&
      heard.address === address &&
      heard.port === port &&
      (process === undefined || heard.process.replace(/ \(\d+\)$/, "") === process),
  );

testTrial(
  leftAlone,
  "access/listeners",
  {
    claim: "C07",
    title:
      "From the first look until a minute after it is ready no other port is open than the listed ones",
  },
  ({ listening, readyNs }, { evidence, figure }) => {
    closed();
    const { samples, firstNs, lastNs, longestGapNs, listeners, isTruncated } = listening;
    figure("samples", samples, "count");
    figure("watched", (lastNs - firstNs) / 1e9, "s");
    figure("watched-after-ready", (lastNs - readyNs) / 1e9, "s");
    figure("longest-gap", longestGapNs / 1e6, "ms");
    figure("listeners", listeners.length, "count");
    for (const one of listeners.slice(0, 20)) {
      evidence(
        "listener",
        `${describe(one)}, first seen ${(one.firstNs / 1e9).toFixed(1)} s after the kernel`,
      );
    }
    expectNone("open ports", listeners.filter((one) => !isAllowed(one)).map(describe));
    if (isTruncated) inconclusive("There were more sockets than are looked at");
    if (longestGapNs / 1e6 > longestGapMs) {
      inconclusive(`Nobody looked for ${Math.round(longestGapNs / 1e6)} ms: the host was too busy`);
    }
  },
);

testTrial(
  leftAlone,
  "access/port-22",
  {
    claim: "C07",
    title: "No connection to the port of ssh is ever taken, from power-on on",
  },
  ({ network, knocks }, { evidence, figure }) => {
    closed();
    evidence("network", JSON.stringify(network));
    evidence("packets", JSON.stringify(knocks));
    figure("tries", knocks.tries, "count");
    expect(knocks.taken, "connections that the guest took").toBe(0);
    if (network.step === "wait-for-card")
      unsupported("The guest has no driver for the network card");
    if (!knocks.doesControlWork) {
      unsupported("No connection comes through at all, so a closed port proves nothing");
    }
    if (knocks.asked === 0) inconclusive("No request for a connection got as far as the guest");
    if (knocks.isTruncated) inconclusive("There were more packets than are read");
  },
);

const logInUnits = [
  "*getty@*.service",
  "*-getty.service",
  "autovt@*.service",
  "debug-shell.service",
  "emergency.service",
  "rescue.service",
  "ssh*.service",
  "ssh*.socket",
  "dropbear*",
];

testTrial(
  leftAlone,
  "access/getty",
  {
    claim: "C07",
    title: "No unit runs that lets somebody log in, also after keys were pressed",
  },
  ({ idle, keyboard, serial }, { evidence }) => {
    closed();
    const units = [idle, keyboard.after, serial.after].flatMap((one) => one.units);
    const found = units.filter((name) => logInUnits.some((glob) => matchesGlob(glob, name)));
    evidence("units", `${idle.units.length} when idle`);
    expectNone("units", found);
  },
);

testTrial(
  leftAlone,
  "access/terminals",
  {
    claim: "C07",
    title: "No process has a terminal",
  },
  ({ idle, keyboard, serial }, { evidence, figure }) => {
    closed();
    figure("processes", idle.processes.length, "count");
    evidence("processes", idle.processes.map(({ name }) => name).join(", "));
    const found = [idle, keyboard.after, serial.after].flatMap(atTerminals);
    expectNone("processes", found);
  },
);

/** What log-in programs and shells ask with. */
const prompts = [
  /\blogin: ?$/i,
  /\bpassword(?: for \S+)?: ?$/i,
  /^(?:\S+@\S+|\S*(?:sh|bash)-[\d.]+|\(initramfs\)|~|\/|)\s*\S*[#$] ?$/,
  /Give root password|Press Enter for maintenance/,
];

testTrial(
  leftAlone,
  "access/console-prompt",
  {
    claim: "C07",
    title: "The serial console never asks for a name, a password or a command",
  },
  ({ consoleLines }, { evidence, figure }) => {
    closed();
    figure("console-lines", consoleLines.length, "count");
    const last = consoleLines.at(-1);
    if (last === undefined) return unsupported("The serial console shows nothing at all");
    evidence("console", last);
    expectNone(
      "console lines",
      consoleLines.filter((line) => prompts.some((prompt) => prompt.test(line))),
    );
  },
);

testTrial(
  leftAlone,
  "access/keyboard",
  {
    claim: "C07",
    title: "Keys that are pressed at any virtual terminal start nothing",
  },
  ({ keyboard }, { evidence, figure }) => {
    closed();
    const { strokes, interrupts, made } = keyboard;
    evidence(
      "keyboard",
      `${strokes} strokes, ${interrupts ?? "no"} interrupts; made: ${made.join(", ") || "nothing"}`,
    );
    expectNone("files that were made", made);
    if (interrupts === undefined || interrupts === 0) {
      return unsupported("No key gets as far as the guest's kernel");
    }
    figure("interrupts", interrupts, "count");
    if (interrupts < strokes) {
      inconclusive(`Keys were lost: ${strokes} strokes interrupted the guest ${interrupts} times`);
    }
  },
);

testTrial(
  leftAlone,
  "access/serial-line",
  {
    claim: "C07",
    title: "What is typed on the serial line is not read by anybody",
  },
  ({ serial }, { evidence }) => {
    closed();
    const { echo, made } = serial;
    if (echo === undefined) return unsupported("The agent itself talks over the serial line");
    evidence("console", echo.join("\n") || "no echo");
    expect({ echo, made }).toEqual({ echo: [], made: [] });
  },
);

testTrial(
  leftAlone,
  "access/units",
  {
    claim: "C05",
    title:
      "A minute after it is ready no other services, sockets, timers and paths are active than the listed ones",
  },
  ({ idle, listening }, tools) => {
    tellIdle(tools, idle, listening.listeners.length);
    if (expected === undefined) return unsupported("The profile lists no units");
    const { units } = expected;
    const unlisted = idle.units.filter((name) => !units.some((glob) => matchesGlob(glob, name)));
    expectNone("units", unlisted);
  },
);

const tellIdle = (
  { evidence, figure }: CheckTools,
  idle: Parameters<typeof atTerminals>[0],
  listeners: number,
): void => {
  evidence("units", idle.units.toSorted().join(" "));
  figure("units", idle.units.length, "count");
  figure("sockets", listeners, "count");
  figure("processes", idle.processes.length, "count");
  figure("rss", idle.processes.reduce((sum, { rssKiB }) => sum + rssKiB, 0) / 1024, "MiB");
};
