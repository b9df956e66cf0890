import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { selectSuiteFiles } from "./suite-files.ts";

const suitesIn = (...selection: Parameters<typeof selectSuiteFiles>): readonly string[] => [
  ...new Set(selectSuiteFiles(...selection).map((file) => basename(dirname(file)))),
];

test("the suite boot is part of a run that boots", () => {
  expect(suitesIn(["data-disk"], { boot: true })).toEqual(["boot", "data-disk"]);
});

test("it is not where only certain checks matter and none is in it", () => {
  const of = (...trialsOf: string[]) => suitesIn(["data-disk"], { boot: true, trialsOf });
  expect([of("data-disk/choice"), of("data-disk/choice", "boot/restarted")]).toEqual([
    ["data-disk"],
    ["boot", "data-disk"],
  ]);
});

test("a suite that there is not is refused with those that there are", () => {
  expect(() => selectSuiteFiles(["bot"], { boot: true })).toThrow('There is no suite "bot"');
});
