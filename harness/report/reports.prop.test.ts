import fc from "fast-check";
import { Parser } from "tap-parser";
import { expect, test } from "vitest";
import type { RunRecord } from "../results/run-record.ts";
import { arbitraryRun } from "../results/testing/arbitrary-run.ts";
import { toJunit } from "./junit.ts";
import { countStates, reportRows } from "./report-rows.ts";
import { toSummary } from "./summary.ts";
import { toTap } from "./tap.ts";

// What no terminal, XML 1.0 or YAML reader should meet; line ends are ours.
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/u;
test("no guest text puts a raw control character into any report", () => {
  fc.assert(
    fc.property(arbitraryRun, (run) => {
      expect(toJunit(run)).not.toMatch(unprintable);
      expect(toTap(run)).not.toMatch(unprintable);
      expect(toSummary(run, { directory: "out" })).not.toMatch(unprintable);
    }),
  );
});

test("junit.xml is well-formed for any guest text, and its totals are those of the record", () => {
  fc.assert(
    fc.property(arbitraryRun, (run) => {
      const xml = toJunit(run);
      expect(leftoverOf(xml)).toBe("");
      const count = countStates(reportRows(run));
      expect(junitTotals(xml)).toEqual({
        attributes: [
          reportRows(run).length,
          count.fail,
          count.error + count.inconclusive,
          count.skip + count.unsupported,
        ],
        elements: [
          reportRows(run).length,
          count.fail,
          count.error + count.inconclusive,
          count.skip + count.unsupported,
        ],
      });
    }),
  );
});

/** Takes away prologue, texts and matched elements, inside out; what is left of well-formed XML is nothing. */
const leftoverOf = (xml: string): string => {
  const attribute = ` [a-z]+="(?:[^<>&"]|&(?:amp|lt|gt|quot|#9);)*"`;
  let rest = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, "");
  const element = new RegExp(
    String.raw`<([a-z-]+)(?:${attribute})*(?:/>|>(?:[^<>&]|&(?:amp|lt|gt|quot|#9);)*</\1>)`,
    "g",
  );
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(element, "");
  }
  return rest.trim();
};

const junitTotals = (xml: string): { attributes: number[]; elements: number[] } => {
  const root = xml.split("\n")[1] ?? "";
  const total = (name: string): number => Number(root.match(`${name}="(\\d+)"`)?.[1]);
  const elements = (name: string): number => xml.split(`<${name} `).length - 1;
  return {
    attributes: ["tests", "failures", "errors", "skipped"].map(total),
    elements: ["testcase", "failure", "error", "skipped"].map(elements),
  };
};

test("results.tap parses for any guest text, and its totals are those of the record", () => {
  fc.assert(
    fc.property(arbitraryRun, (run) => {
      const rows = reportRows(run);
      const count = countStates(rows);
      expect(parseTap(run)).toEqual({
        extra: [],
        total: rows.length,
        notOk: count.fail + count.error + count.inconclusive,
        skipped: count.skip + count.unsupported,
        todo: 0,
        planned: rows.length,
        names: rows.map(({ id }) => id),
        bailedOut: run.status !== "finished",
        states: rows
          .filter(({ state }) => ["fail", "error", "inconclusive"].includes(state))
          .map(({ state }) => state),
      });
    }),
  );
});

const parseTap = (run: RunRecord) => {
  const parser = new Parser();
  const extra: string[] = [];
  const names: string[] = [];
  const states: string[] = [];
  parser.on("extra", (text: string) => extra.push(text));
  parser.on("assert", ({ ok, name, diag }: { ok: boolean; name: string; diag: unknown }) => {
    names.push(name);
    const { state } = (diag ?? {}) as { state?: string };
    if (!ok && state !== undefined) states.push(state);
  });
  parser.end(toTap(run));
  const { count, fail, skip, todo, plan, bailout } = parser.results ?? {};
  return {
    extra,
    total: count,
    notOk: fail,
    skipped: skip,
    todo,
    planned: plan?.end,
    names,
    bailedOut: bailout !== false,
    states,
  };
};
