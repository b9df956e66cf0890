import { describe, expect, test } from "vitest";
import type { Clock } from "../core/clock.ts";
import {
  type ConsoleEngine,
  type ConsoleEngineOptions,
  createConsoleEngine,
} from "./console-engine.ts";
import type { ConsoleEvent } from "./console-event.ts";

const fakeClock = (): Clock & { advance(ms: number): void } => {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      nowMs += ms;
      for (const timer of [...timers]) {
        if (timer.atMs > nowMs) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
  };
};

const start = (
  options: Partial<ConsoleEngineOptions> = {},
): {
  readonly engine: ConsoleEngine;
  readonly events: ConsoleEvent[];
  readonly clock: ReturnType<typeof fakeClock>;
  readonly print: (text: string, atMs?: number) => void;
} => {
  const events: ConsoleEvent[] = [];
  const clock = fakeClock();
  const engine = createConsoleEngine({
    clock,
    today: "2026-11-21",
    onEvent: (event) => events.push(event),
    ...options,
  });
  return {
    engine,
    events,
    clock,
    print: (text, atMs = clock.nowMs()) => engine.feed(Buffer.from(text), atMs),
  };
};

const brief = (event: ConsoleEvent): string => {
  switch (event.kind) {
    case "phase":
      return `${event.line}: phase ${event.phase}`;
    case "match":
      return `${event.line}: ${event.severity} ${event.pattern}${event.isPartial ? " (partial)" : ""}`;
    case "trace":
      return `${event.line}: trace of ${event.lines.length}${event.isComplete ? "" : " (cut)"}`;
    case "reboot":
      return `${event.line}: reboot ${event.boot} told by ${event.banner}${event.isExpected ? " (expected)" : ""}`;
  }
};

const oops = [
  "[    5.000001] BUG: kernel NULL pointer dereference, address: 0000000000000008",
  "[    5.000002] Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI",
  "[    5.000003] RSP: 0018:ffffb0c4c0013d38 EFLAGS: 00010246",
  "[    5.000004] ---[ end trace 0000000000000000 ]---",
  "",
].join("\r\n");

test("a panic is told as soon as its line is complete, with place, phase and context", () => {
  const { events, print } = start();
  print("[    0.000000] Linux version 6.12.48+deb13-amd64\r\n[    0.1", 10);
  print(
    "00000] one\r\n[    1.802201] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n",
    25,
  );
  expect(events).toMatchInlineSnapshot(`
    [
      {
        "atMs": 10,
        "boot": 1,
        "kernelTimeS": 0,
        "kind": "phase",
        "line": 1,
        "phase": "kernel",
        "text": "[    0.000000] Linux version 6.12.48+deb13-amd64",
      },
      {
        "atMs": 25,
        "before": [
          "[    0.000000] Linux version 6.12.48+deb13-amd64",
          "[    0.100000] one",
        ],
        "boot": 1,
        "failure": "panic",
        "hasTrace": true,
        "ignored": undefined,
        "isPartial": false,
        "kernelTimeS": 1.802201,
        "kind": "match",
        "line": 3,
        "needsSecondWitness": false,
        "pattern": "no-root",
        "phase": "kernel",
        "severity": "fatal",
        "source": "kernel",
        "text": "[    1.802201] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
        "title": "The kernel could not mount the root file system",
      },
    ]
  `);
});

describe("the end of a trace", () => {
  test("an oops is one match, and its trace ends at its closing line", () => {
    const { events, print } = start();
    print(oops);
    print("[    5.000009] later\n");
    expect(events.map(brief)).toEqual(["1: phase kernel", "1: fatal oops", "1: trace of 3"]);
  });

  test("garbage in EFLAGS is told within the oops, before the trace by which to judge it", () => {
    const { events, print } = start();
    print(oops.replace("00010246", "c1a65fe2"));
    expect(events.map(brief)).toEqual([
      "1: phase kernel",
      "1: fatal oops",
      "3: fatal emulator-eflags",
      "1: trace of 3",
    ]);
  });

  test("silence cuts a trace short", () => {
    const { events, print, clock } = start();
    print("[    5.000001] Oops: 0002 [#1] SMP\n[    5.000002] CPU: 0\n");
    clock.advance(300);
    expect(events.map(brief)).toEqual(["1: phase kernel", "1: fatal oops", "1: trace of 1 (cut)"]);
  });

  test("a console that chatters on cannot hold a trace open for more than two seconds or 100 lines", () => {
    const slow = start();
    slow.print("[    5.000001] Oops: 0002 [#1] SMP\n", 0);
    for (let atMs = 100; atMs <= 2000; atMs += 100) slow.print("[    5.000002] more\n", atMs);
    expect(slow.events.map(brief).at(-1)).toBe("1: trace of 19 (cut)");

    const fast = start();
    fast.print("[    5.000001] Oops: 0002 [#1] SMP\n");
    fast.print("[    5.000002] more\n".repeat(500));
    expect(fast.events.map(brief).at(-1)).toBe("1: trace of 100 (cut)");
  });
});

describe("a line that is not finished", () => {
  test("a kernel that died in the middle of a line is believed after 300 ms of silence, and told once", () => {
    const { events, print, clock } = start();
    print("[    3.400000] Kernel panic - not sync");
    clock.advance(299);
    print("ing: Attempted to kill init!");
    clock.advance(299);
    expect(events).toEqual([]);
    clock.advance(1);
    print(" exitcode=0x00007f00\n");
    expect(events.map(brief)).toEqual(["1: phase kernel", "1: fatal init-died (partial)"]);
  });

  test("a prompt is found although it never ends its line", () => {
    const { events, print, clock } = start();
    print(
      "[    1.000000] Run /init as init process\nBegin: Mounting root file system ... \n\n(initramfs) ",
    );
    clock.advance(300);
    expect(events.map(brief)).toEqual(
      ["1: phase kernel", "1: phase initrd", "4: fatal emergency-shell (partial)"].filter(
        (line) => line !== "1: phase kernel",
      ),
    );
  });

  test("is the last of the last lines", () => {
    const { engine, print } = start();
    print("one\ntwo\u0007\nthr\u001b[31mee");
    expect(engine.lastLines(2)).toEqual(["two", "three"]);
    expect(engine.lastLines(9)).toEqual(["one", "two", "three"]);
  });

  test("the end of the console judges it", () => {
    const { engine, events, print } = start();
    print("[    3.400000] Kernel panic - not syncing: sysrq");
    engine.end(7);
    expect(events.map(brief)).toEqual([
      "1: phase kernel",
      "1: fatal kernel-panic",
      "1: trace of 0 (cut)",
    ]);
    expect(() => print("x")).toThrow("fed after its end");
  });
});

describe("phases", () => {
  const phasesOf = (...lines: readonly string[]): readonly string[] => {
    const { events, print } = start();
    print(`${lines.join("\r\n")}\r\n`);
    return events.map(brief);
  };

  test("UEFI, GRUB, dracut with systemd, switch root", () => {
    expect(
      phasesOf(
        '\u001b[2J\u001b[01;01HBdsDxe: loading Boot0002 "UEFI Misc Device" from PciRoot(0x0)',
        'BdsDxe: starting Boot0002 "UEFI Misc Device" from PciRoot(0x0)',
        "Welcome to GRUB!",
        "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path",
        "[    0.000000] Linux version 6.12.48+deb13-amd64 (debian-kernel@lists.debian.org)",
        "[    1.100000] Run /init as init process",
        "[    1.200000] systemd[1]: systemd 257.8-1~deb13u2 running in system mode (+PAM +AUDIT)",
        "[    1.200000] systemd[1]: Detected virtualization qemu.",
        "[    1.200000] systemd[1]: Running in initrd.",
        "Welcome to Debian GNU/Linux 13 (trixie) dracut-106 (Initramfs)!",
        "[    2.900000] systemd[1]: Switching root.",
        "[    3.200000] systemd[1]: systemd 257.8-1~deb13u2 running in system mode (+PAM +AUDIT)",
        "[    3.200000] systemd[1]: Detected architecture x86-64.",
        "Welcome to \u001b[1mDebian GNU/Linux 13 (trixie)\u001b[0m!",
        "[  OK  ] Reached target multi-user.target - Multi-User System.",
      ),
    ).toEqual([
      "1: phase firmware",
      "2: phase loader",
      "4: phase kernel",
      "6: phase initrd",
      "12: phase userspace",
    ]);
  });

  test("direct kernel boot with quiet: the kernel's first word, then the login prompt", () => {
    const { events, print, clock } = start();
    print("[    0.099823] ..MP-BIOS bug: 8254 timer not connected to IO-APIC\r\n");
    print("\r\nDebian GNU/Linux 13 node ttyS0\r\n\r\nnode login: ");
    clock.advance(300);
    expect(events.map(brief)).toEqual(["1: phase kernel", "5: phase userspace"]);
  });

  test("GRUB's menu moves the cursor and ends no line", () => {
    const { events, print, clock } = start();
    print(
      "SeaBIOS (version 1.16.3-debian-1.16.3-2)\r\nBooting from Hard Disk...\r\nGRUB loading.\r\n",
    );
    print(
      "\u001b[H\u001b[J\u001b[1;1H\u001b[2;30HGNU GRUB  version 2.12\u001b[4;2H*Debian\u001b[20;1H",
    );
    clock.advance(300);
    print("\u001b[Herror: no such device: 5f9c.\r\n");
    expect(events.map(brief)).toEqual([
      "1: phase firmware",
      "3: phase loader",
      "4: error grub-error",
    ]);
  });
});

describe("reboots", () => {
  const boot = "SeaBIOS (version 1.16.3)\n[    0.000000] Linux version 6.12.48\n";

  test("an earlier stage beginning again is a reboot, expected or not", () => {
    const { engine, events, print } = start();
    print(boot);
    engine.expectReboot();
    print(boot);
    print("[    0.000000] Linux version 6.12.48\n");
    expect(events.map(brief)).toEqual([
      "1: phase firmware",
      "2: phase kernel",
      "3: reboot 2 told by firmware (expected)",
      "3: phase firmware",
      "4: phase kernel",
      "5: reboot 3 told by kernel",
      "5: phase kernel",
    ]);
    expect(engine.boot).toBe(3);
  });

  test("a program that prints the kernel's version is no reboot", () => {
    const { events, print } = start();
    print(`${boot}[    1.000000] Run /sbin/init as init process\nLinux version 6.12.48 (gcc 14)\n`);
    expect(events.map(brief)).toEqual([
      "1: phase firmware",
      "2: phase kernel",
      "3: phase userspace",
    ]);
  });
});

test("what a program could have printed asks for a second witness", () => {
  const { events, print, clock } = start();
  const panic = "[    0.500000] Kernel panic - not syncing: Fatal exception\n";
  print(`[    0.000000] Linux version 6.12.48\n${panic}`);
  clock.advance(300);
  print(
    "[    1.000000] Run /sbin/init as init process\n[    2.000000] Kernel panic - not syncing: x\n",
  );
  const witnesses = events.flatMap((event) =>
    event.kind === "match" ? [{ line: event.line, needs: event.needsSecondWitness }] : [],
  );
  expect(witnesses).toEqual([
    { line: 2, needs: false },
    { line: 4, needs: true },
  ]);
});

describe("ignore rules", () => {
  const print = (until: string): readonly (string | undefined)[] => {
    const { events, print } = start({
      ignoreRules: [{ pattern: "failed-unit", regex: /chrony/, reason: "issue 12", until }],
    });
    print(
      "[    0.000000] Linux version 6.12.48\n[FAILED] Failed to start chrony.service.\n[FAILED] Failed to start a.service.\n",
    );
    return events.flatMap((event) => (event.kind === "match" ? [event.ignored?.reason] : []));
  };

  test("mark the matches that they cover until their last day", () => {
    expect(print("2026-11-21")).toEqual(["issue 12", undefined]);
    expect(print("2026-11-20")).toEqual([undefined, undefined]);
  });

  test("with problems are refused all at once", () => {
    const rule = { pattern: "oops", reason: " ", until: "soon" } as const;
    expect(() => start({ ignoreRules: [rule] })).toThrow(
      "Console ignore rules are wrong: ignore rule 1 (oops) has no reason; ignore rule 1 (oops) has 'soon' as its end date",
    );
  });
});

test("a failure repeated without end is told 20 times, the rest is counted", () => {
  const { engine, events, print } = start();
  print("[    0.000000] Linux version 6.12.48\n");
  print("[    9.100000] a[4]: segfault at 0 ip 00005 sp 00007 error 6\n".repeat(50));
  expect(events.length).toBe(21);
  expect(engine.untoldMatches).toBe(30);
});
