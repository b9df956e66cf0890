import { describe, expect, test } from "vitest";
import type { Testimony } from "./ask-guest.ts";
import { type WatchedConsole, watchedConsole } from "./testing/watched-console.ts";

const inKernel = (): WatchedConsole => {
  const it = watchedConsole();
  it.print("[    0.000000] Linux version 6.12.48+deb13-amd64", "[    1.000000] one");
  return it;
};
const inUserspace = (): WatchedConsole => {
  const it = inKernel();
  it.print("[    2.000000] Run /sbin/init as init process", "Welcome to Debian GNU/Linux 13!");
  return it;
};
const panicLine = "[    5.000000] Kernel panic - not syncing: Fatal exception";
const panicEnd = "[    5.000300] ---[ end Kernel panic - not syncing: Fatal exception ]---";
const oops = [
  "[    5.000001] BUG: kernel NULL pointer dereference, address: 0000000000000008",
  "[    5.000002] RIP: 0010:crash+0x1/0x2",
  "[    5.000003] RSP: 0018:ffffb0c4c0013d38 EFLAGS: 00010246",
  "[    5.000004] ---[ end trace 0000000000000000 ]---",
];
const oopsOfEmulator = oops.map((line) => line.replace("EFLAGS: 00010246", "EFLAGS: 7f010246"));

const brief = ({ watch }: WatchedConsole): string => {
  const failure = watch.failure();
  if (failure === undefined) return "none";
  const line = failure.line === undefined ? "" : ` (line ${failure.line})`;
  return `${failure.kind} by ${failure.witness}${line}: ${failure.reason}`;
};

/** Lets answers that have come be heard. */
const answersHeard = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
};

describe("panic", () => {
  test("in the kernel is proven by its line, and told with its trace", async () => {
    const it = inKernel();
    it.print(panicLine, "[    5.000100] CPU: 0 UID: 0 PID: 1 Comm: swapper/0");
    expect(brief(it)).toBe(
      "panic by console (line 3): The kernel panicked: [    5.000000] Kernel panic - not syncing: Fatal exception",
    );
    it.print(panicEnd);
    expect((await it.watch.failed).context).toEqual([
      "[    0.000000] Linux version 6.12.48+deb13-amd64",
      "[    1.000000] one",
      panicLine,
      "[    5.000100] CPU: 0 UID: 0 PID: 1 Comm: swapper/0",
      panicEnd,
    ]);
  });

  test("carries the row of the pattern table, the line and the phase", async () => {
    const it = inKernel();
    it.print(panicLine, panicEnd);
    expect(await it.watch.failed).toEqual({
      kind: "panic",
      reason: `The kernel panicked: ${panicLine}`,
      witness: "console",
      line: 3,
      pattern: "kernel-panic",
      phase: "kernel",
      context: expect.any(Array),
    });
  });

  test("is told within 700 ms when its trace never ends", async () => {
    const it = inKernel();
    it.print(panicLine);
    it.clock.advance(200);
    it.print("[    5.000100] CPU: 0");
    it.clock.advance(500);
    expect(await it.watch.failed).toMatchObject({ kind: "panic", line: 3 });
  });

  test("under programs is proven by the panic device, whichever comes first", () => {
    const lineFirst = inUserspace();
    lineFirst.print(panicLine, panicEnd);
    lineFirst.qmp("GUEST_PANICKED");
    const deviceFirst = inUserspace();
    deviceFirst.qmp("GUEST_PANICKED");
    deviceFirst.print(panicLine, panicEnd);
    expect([brief(lineFirst), brief(deviceFirst)]).toEqual([
      expect.stringMatching(/^panic by console \(line 5\)/),
      expect.stringMatching(/^panic by console \(line 5\)/),
    ]);
  });

  test("that no line tells is told by the panic device alone", () => {
    const it = inUserspace();
    it.qmp("GUEST_PANICKED");
    it.clock.advance(700);
    expect(it.watch.failure()).toMatchObject({ kind: "panic", witness: "qmp" });
  });

  test("under programs is proven by 700 ms of silence after its last line", () => {
    const it = inUserspace();
    it.print(panicLine, panicEnd);
    it.clock.advance(699);
    expect(brief(it)).toBe("none");
    it.clock.advance(1);
    expect(brief(it)).toMatch(/^panic by console/);
  });

  test("is proven by a reset that nobody announced", () => {
    const it = inUserspace();
    it.print(panicLine);
    it.qmp("SHUTDOWN", { guest: true, reason: "guest-reset" });
    it.watch.consoleEnded();
    expect(brief(it)).toMatch(/^panic by console/);
  });

  test("is none when a program says so, stamp and all, and the guest goes on", () => {
    const it = inUserspace();
    it.print("my-app: Kernel panic - not syncing: a joke", panicLine, panicEnd);
    for (let second = 0; second < 20; second += 1) {
      it.clock.advance(500);
      it.print(`[  OK  ] Started unit ${second}`);
    }
    expect(brief(it)).toBe("none");
  });

  test("is none when the agent answers", async () => {
    const it = inUserspace();
    await it.watch.guestSpeaks(async () => "denies");
    it.print(panicLine, panicEnd);
    await answersHeard();
    it.clock.advance(60_000);
    expect(brief(it)).toBe("none");
    expect(it.watch.symptom()).toBeUndefined();
  });

  test("is none in an orderly reboot after such a line", () => {
    const it = inUserspace();
    it.print(panicLine, "[    9.000000] reboot: Restarting system");
    it.qmp("SHUTDOWN", { guest: true, reason: "guest-reset" });
    it.watch.consoleEnded();
    expect(brief(it)).toMatch(/^reboot-loop by qmp/);
  });
});

describe("oops", () => {
  test("is judged with its trace", () => {
    const it = inKernel();
    it.print(...oops.slice(0, -1));
    expect(brief(it)).toBe("none");
    it.print(...oops.slice(-1));
    expect(brief(it)).toMatch(/^oops by console \(line 3\)/);
  });

  test("that the kernel dies in is judged when the console falls silent", () => {
    const it = inKernel();
    it.print(...oops.slice(0, 2));
    it.clock.advance(300);
    expect(brief(it)).toMatch(/^oops by console/);
  });

  test("is believed of the agent's kernel only when that is tainted", async () => {
    const seen: string[] = [];
    for (const testimony of ["confirms", "denies"] satisfies Testimony[]) {
      const it = inUserspace();
      const asked: unknown[] = [];
      await it.watch.guestSpeaks(async (kind) => {
        asked.push(kind);
        return testimony;
      });
      it.print(...oops);
      await answersHeard();
      seen.push(`${asked.join()} ${testimony}: ${it.watch.failure()?.kind}`);
    }
    expect(seen).toEqual(["oops confirms: oops", "oops denies: undefined"]);
  });

  test("comes before the panic that it makes", () => {
    const it = inKernel();
    it.print(...oops.slice(0, 2), panicLine, panicEnd);
    expect(brief(it)).toMatch(/^oops by console \(line 3\)/);
  });
});

describe("emulator-fault", () => {
  test("inside an oops outranks it, and the panic that follows", () => {
    const it = inUserspace();
    it.print(...oopsOfEmulator, panicLine, panicEnd);
    it.qmp("GUEST_PANICKED");
    expect(it.watch.failure()).toMatchObject({
      kind: "emulator-fault",
      pattern: "emulator-eflags",
      line: 7,
      context: expect.arrayContaining(oopsOfEmulator),
    });
  });

  test("inside the dump of a panic outranks it", () => {
    const it = inKernel();
    it.print(panicLine, "[    5.000200] RSP: 0018:ff EFLAGS: ff010246", panicEnd);
    expect(it.watch.failure()).toMatchObject({ kind: "emulator-fault", line: 4 });
  });

  test("is a CPU model that PID 1 finds too narrow, although the kernel then panics", () => {
    const it = inUserspace();
    it.print(
      "Fatal glibc error: CPU does not support x86-64-v2",
      "[    6.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00",
      panicEnd,
    );
    it.qmp("GUEST_PANICKED");
    expect(it.watch.failure()).toMatchObject({ kind: "emulator-fault", pattern: "cpu-model" });
  });

  test("is not a CPU model that some program finds too narrow before the kernel panics of itself", () => {
    const it = inUserspace();
    it.print("Fatal glibc error: CPU does not support x86-64-v2", panicLine, panicEnd);
    it.qmp("GUEST_PANICKED");
    expect(brief(it)).toMatch(/^panic by console \(line 6\)/);
  });

  test("is a machine that QEMU stops by itself", () => {
    const it = inKernel();
    it.qmp("STOP");
    expect(brief(it)).toBe(
      "emulator-fault by qmp: QEMU stopped the machine by itself; qemu.log says why",
    );
  });
});

describe("emergency-shell and hang", () => {
  test("a boot loader that stops at its prompt has failed at once", () => {
    const it = watchedConsole();
    it.print("Welcome to GRUB!", "Entering rescue mode...");
    expect(brief(it)).toMatch(/^emergency-shell by console \(line 2\)/);
  });

  test("a guest at an emergency shell idles; one that is at work gets 5 s", () => {
    const idle = inUserspace();
    idle.host.isIdle = true;
    idle.print("You are in emergency mode. After logging in, type ...");
    idle.clock.advance(700);
    const busy = inUserspace();
    busy.print("You are in emergency mode. After logging in, type ...");
    busy.clock.advance(4900);
    expect([brief(idle), brief(busy)]).toEqual([
      expect.stringMatching(/^emergency-shell by console/),
      "none",
    ]);
    busy.clock.advance(150);
    expect(brief(busy)).toMatch(/^emergency-shell by console/);
  });

  test("firmware that finds nothing to boot hangs", () => {
    const it = watchedConsole();
    it.print("SeaBIOS (version 1.16.3)", "No bootable device.");
    expect(brief(it)).toMatch(/^hang by console \(line 2\)/);
  });

  test("an agent that has not answered yet is waited for", async () => {
    const it = inUserspace();
    it.host.isIdle = true;
    const { promise, resolve } = Promise.withResolvers<Testimony>();
    await it.watch.guestSpeaks(() => promise);
    it.print("systemd[1]: Freezing execution.");
    it.clock.advance(750);
    expect(brief(it)).toBe("none");
    resolve("silent");
    await answersHeard();
    it.clock.advance(50);
    expect(brief(it)).toMatch(/^hang by console/);
  });
});

describe("the end of the guest", () => {
  test.each([
    ["[    3.0] x", { guest: true, reason: "guest-reset" }, "triple-fault by qmp"],
    [
      "[    3.000000] reboot: Restarting system",
      { guest: true, reason: "guest-reset" },
      "reboot-loop by qmp",
    ],
    [
      "[    3.000000] reboot: Power down",
      { guest: true, reason: "guest-shutdown" },
      "hang by qmp: The guest powered itself off",
    ],
    ["", { guest: false, reason: "host-signal" }, "qemu-died by qmp: The host ended QEMU"],
  ])("after %j and QMP %j is %s", (line, data, expected) => {
    const it = inUserspace();
    it.qmp("SHUTDOWN", data);
    // The console's socket still held this.
    it.print(line);
    it.watch.consoleEnded();
    it.watch.exited({ code: 0, signal: null }, "");
    it.clock.advance(1000);
    expect(brief(it).startsWith(expected)).toBe(true);
  });

  test("is no failure when it was asked for", () => {
    const it = inUserspace();
    it.watch.expectEnd();
    it.qmp("SHUTDOWN", { guest: true, reason: "guest-shutdown" });
    it.watch.consoleEnded();
    it.watch.exited({ code: 0, signal: null }, "");
    it.clock.advance(1000);
    expect(brief(it)).toBe("none");
  });
});

describe("the host", () => {
  const killed = { code: null, signal: "SIGKILL" } as const;

  test("killed QEMU: qemu-died, or host-oom when it was short of memory", () => {
    const died = inKernel();
    died.watch.exited(killed, "");
    died.clock.advance(200);
    const oom = inKernel();
    oom.host.oomKills = 1;
    oom.watch.exited(killed, "");
    oom.clock.advance(200);
    expect([brief(died), brief(oom)]).toEqual([
      "qemu-died by process: QEMU ended by SIGKILL while it was needed; it printed nothing",
      "host-oom by process: The host ran out of memory and killed QEMU",
    ]);
  });

  test("a TPM that ends while QEMU runs on is the host's, one that ends with its machine is not told", () => {
    const alone = inUserspace();
    alone.watch.tpmExited({ code: 1, signal: null }, "swtpm: no space");
    alone.clock.advance(400);
    const withQemu = inUserspace();
    withQemu.watch.tpmExited({ code: 0, signal: null }, "");
    withQemu.watch.exited({ code: null, signal: "SIGABRT" }, "");
    withQemu.clock.advance(400);
    const atTheEnd = inUserspace();
    atTheEnd.watch.tpmExited({ code: 0, signal: null }, "");
    atTheEnd.watch.expectEnd();
    atTheEnd.clock.advance(400);
    expect([brief(alone), brief(withQemu), brief(atTheEnd)]).toEqual([
      "qemu-died by process: swtpm, the machine's TPM, ended with exit code 1 while it was needed; it printed: swtpm: no space",
      "qemu-died by process: QEMU ended by SIGABRT while it was needed; it printed nothing",
      "none",
    ]);
  });

  test("QEMU's own last words are told, unless its last QMP event says more", () => {
    const aborted = inKernel();
    aborted.watch.exited({ code: null, signal: "SIGABRT" }, "qemu: error: failed to set MSR 0x10a");
    aborted.clock.advance(200);
    const reset = inKernel();
    reset.watch.exited({ code: 0, signal: null }, "");
    reset.qmp("SHUTDOWN", { guest: true, reason: "guest-reset" });
    reset.watch.consoleEnded();
    expect([brief(aborted), brief(reset)]).toEqual([
      "qemu-died by process: QEMU ended by SIGABRT while it was needed; it printed: qemu: error: failed to set MSR 0x10a",
      expect.stringMatching(/^triple-fault/),
    ]);
  });

  test("a full disk is its fault; an error that the guest was told of is not", () => {
    const full = inKernel();
    full.qmp("BLOCK_IO_ERROR", {
      "node-name": "disk-data0",
      operation: "write",
      action: "stop",
      nospace: true,
    });
    full.qmp("STOP");
    const readOnly = inKernel();
    readOnly.qmp("BLOCK_IO_ERROR", { operation: "write", action: "report", nospace: false });
    expect([brief(full), brief(readOnly)]).toEqual([
      "qemu-died by qmp: The host's disk is full: QEMU could not write disk-data0",
      "none",
    ]);
  });
});

test("a watchdog that fires has the guest fail", () => {
  const it = inKernel();
  it.qmp("WATCHDOG", { action: "reset" });
  expect(brief(it)).toBe("watchdog by qmp: The machine's watchdog fired");
});

test("an error is no failure but a symptom, the first one", () => {
  const it = inUserspace();
  it.print(
    "[FAILED] Failed to start containerd.service",
    "[   99.000000] INFO: task ext4:12 blocked for more than 120 seconds.",
  );
  expect([brief(it), it.watch.symptom()?.kind, it.watch.symptom()?.line]).toEqual([
    "none",
    "failed-unit",
    5,
  ]);
});

test("the first proven failure stays", async () => {
  const it = inKernel();
  it.print(...oops);
  it.qmp("WATCHDOG");
  it.watch.exited({ code: 1, signal: null }, "");
  it.clock.advance(1000);
  expect((await it.watch.failed).kind).toBe("oops");
});
