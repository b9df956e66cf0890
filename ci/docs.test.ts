import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const checkout = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(checkout, path), "utf8");
const below = (folder: string): readonly string[] =>
  readdirSync(join(checkout, folder), { recursive: true }).map((name) => `${folder}/${name}`);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...below("docs").filter((path) => path.endsWith(".md")),
];
const exampleSuite = "docs/examples/kernel-log.suite.ts";

test.each(pages)("every link to a file in %s leads somewhere", (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => target ?? "",
  );
  const broken = targets.filter((target) => !existsSync(join(checkout, dirname(page), target)));
  expect(broken).toEqual([]);
});

test("the README's table has exactly the variables that the code reads", () => {
  const sources = ["harness", "qemu", "images", "ci"]
    .flatMap(below)
    .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$|\/testing\//.test(path));
  const readByCode = sources.flatMap((path) =>
    [...read(path).matchAll(/process\.env\["([A-Z_]+)"\]/g)].map(([, name]) => name),
  );
  const notOurs = ["PATH", "HOME", "XDG_DATA_HOME"];
  const wanted = new Set([...readByCode, "TMPDIR"].filter((name) => !notOurs.includes(name ?? "")));
  const listed = [...read("README.md").matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...wanted].toSorted());
});

test("writing-a-suite.md shows the example files word for word", () => {
  const page = read("docs/writing-a-suite.md");
  expect(page).toContain(`\`\`\`ts\n${read(exampleSuite)}\`\`\``);
  expect(page).toContain(`\`\`\`yaml\n${read("docs/examples/open-kernel-log.yaml")}\`\`\``);
});

test("the example suite type-checks as a third party's would", { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile(join(checkout, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, checkout);
  const program = ts.createProgram([join(checkout, exampleSuite)], options);
  const source = program.getSourceFile(join(checkout, exampleSuite));
  const problems = ts.getPreEmitDiagnostics(program, source);
  expect(problems.map(({ messageText }) => messageText)).toEqual([]);
});
