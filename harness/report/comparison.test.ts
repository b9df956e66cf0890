import { expect, test } from "vitest";
import type { RunRecord } from "../results/run-record.ts";
import { sampleBoot, sampleCheck, sampleRun } from "../results/testing/sample-run.ts";
import { toComparisonMarkdown, toComparisonText } from "./comparison-text.ts";

const runOf = (name: string, packages: number, more: Partial<RunRecord> = {}): RunRecord => ({
  ...sampleRun,
  verdict: "pass",
  image: { ...sampleRun.image, name },
  boots: [sampleBoot],
  checks: [
    sampleCheck(
      "minimal-os/packages",
      { state: "pass" },
      {
        figures: [
          { name: "packages", value: packages, unit: "count" },
          { name: "installed", value: packages * 3_000_000, unit: "B" },
        ],
      },
    ),
  ],
  ...more,
});

test("what was measured stands side by side; what only one run has leaves a gap", () => {
  const setuid = sampleCheck(
    "minimal-os/setuid",
    { state: "fail", reason: "two" },
    { figures: [{ name: "setuid", value: 2, unit: "count" }] },
  );
  const traditional = runOf("traditional", 297);
  const runs = [
    runOf("reference", 90, { boots: [] }),
    { ...traditional, checks: [...traditional.checks, setuid] },
  ];
  expect(toComparisonText(runs)).toMatchInlineSnapshot(`
    "                                reference          traditional
    verdict                              pass                 pass
    image                 sha256 aaaaaaaaaaaa  sha256 aaaaaaaaaaaa
    host                         tcg, 2 cores         tcg, 2 cores
    packages                               90                  297
    size of the packages            257.5 MiB            849.7 MiB
    setuid files                            –                    2
    boot: firmware                          –                0.9 s
    boot: kernel                            –                3.3 s
    boot: userspace                         –                9.2 s
    boot: total                             –               13.4 s
    "
  `);
});

test("says when figures are not to be set against each other", () => {
  const host = { ...sampleRun.host, accel: "kvm" } as const;
  const runs = [runOf("a", 1), runOf("b", 2, { host, status: "interrupted" })];
  expect(toComparisonText(runs).split("\n").slice(-4)).toMatchInlineSnapshot(`
    [
      "",
      "Boot phases were measured on hosts that differ.",
      "The run of b did not finish.",
      "",
    ]
  `);
});

test("a name from elsewhere stays in its cell and moves nothing on a terminal", () => {
  const runs = [runOf("a|b\u001b[2J\n# <i>", 1)];
  expect(toComparisonText(runs).split("\n")[0]?.trim()).toMatchInlineSnapshot(
    `"a|b\\x1b[2J\\x0a# <i>"`,
  );
  expect(toComparisonMarkdown(runs).split("\n").slice(0, 3)).toMatchInlineSnapshot(`
    [
      "|  | a\\|b\\\\x1b\\[2J\\\\x0a# \\<i\\> |",
      "|---|---:|",
      "| verdict | pass |",
    ]
  `);
});
