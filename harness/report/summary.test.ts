import { expect, test } from "vitest";
import { sampleCheck, sampleRun } from "../results/testing/sample-run.ts";
import { toSummary } from "./summary.ts";

test("verdict, what did not pass with its evidence, boots, counts and where the results are", () => {
  expect(toSummary(sampleRun, { directory: "out/run" })).toMatchInlineSnapshot(`
    "ERROR  reference (tcg, QEMU 10.0.13)

      error         upgrade-rollback/power-cut/ab/step-3
                    write log was empty
                    flaky: pass, error
      fail          read-only-root/remount  C02
                    mount(2) of / with "rw" <succeeded> & \\x1b[31mmore\\x00
                    see boots/01/console.log:120
      inconclusive  containerd/critest/exec
                    slow-host

      boot 01  q35-bios  pass  firmware 900 ms · kernel 3.3 s · userspace 9.2 s · total 13 s
      boot 02  q35-uefi  fail  panic: Kernel panic - not syncing: VFS: \\x1b[31mUnable to mount root fs  (phase kernel, console line 211, pattern no-root)

      checks   6 in all · 1 pass · 1 fail · 1 skip · 1 unsupported · 1 inconclusive · 1 error · 1 flaky
      agent    credentials
               adds one unit to /run
      results  out/run
    "
  `);
});

test("colour marks states only, and guest escapes stay visible text", () => {
  const text = toSummary(sampleRun, { directory: "out/run", colour: true });
  const lines = text.replaceAll("\u001b", "<esc>").split("\n");
  expect(lines.filter((line) => /<esc>|x1b/.test(line))).toMatchInlineSnapshot(`
    [
      "<esc>[31mERROR<esc>[0m  reference (tcg, QEMU 10.0.13)",
      "  <esc>[31merror       <esc>[0m  upgrade-rollback/power-cut/ab/step-3",
      "  <esc>[31mfail        <esc>[0m  read-only-root/remount  C02",
      "                mount(2) of / with "rw" <succeeded> & \\x1b[31mmore\\x00",
      "  <esc>[33minconclusive<esc>[0m  containerd/critest/exec",
      "  boot 02  q35-uefi  fail  panic: Kernel panic - not syncing: VFS: \\x1b[31mUnable to mount root fs  (phase kernel, console line 211, pattern no-root)",
    ]
  `);
});

test("a green run is short", () => {
  const green = {
    ...sampleRun,
    verdict: "pass",
    checks: sampleRun.checks.slice(0, 1),
    boots: sampleRun.boots.slice(0, 1),
  } as const;
  expect(toSummary(green, { directory: "out/run" })).toMatchInlineSnapshot(`
    "PASS  reference (tcg, QEMU 10.0.13)

      boot 01  q35-bios  pass  firmware 900 ms · kernel 3.3 s · userspace 9.2 s · total 13 s

      checks   1 in all · 1 pass
      agent    credentials
               adds one unit to /run
      results  out/run
    "
  `);
});

test("a thousand failures are fifty lines and a count", () => {
  const checks = Array.from({ length: 1000 }, (_, n) =>
    sampleCheck(`a/${n}`, { state: "fail", reason: "x" }),
  );
  const text = toSummary({ ...sampleRun, verdict: "fail", checks }, { directory: "out" });
  expect([text.split("\n").length < 120, text.includes("  … and 950 more in run.json")]).toEqual([
    true,
    true,
  ]);
});
