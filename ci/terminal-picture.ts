// Turns the plain output of a run (stdin) into a picture (stdout) for the README: an SVG with text, so that it can be
// searched, scales, and needs no tool to make. Its own dark panel reads well on light and dark pages.
// Run: bootwright run reference | node ci/terminal-picture.ts "npx --no-install bootwright run reference" > docs/run.svg
import { text } from "node:stream/consumers";

const columns = 118;
const glyphWidth = 7.23; // of a 12 px monospaced font
const lineHeight = 17;
const margin = 18;
const colours: Readonly<Record<string, string>> = {
  pass: "#3fb950",
  fail: "#f85149",
  error: "#f85149",
  inconclusive: "#d29922",
};

const title = process.argv[2] ?? "";
const lines = [
  `$ ${title}`,
  ...(await text(process.stdin))
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapped(line)),
];
const width = Math.round(columns * glyphWidth + 2 * margin);
const height = lines.length * lineHeight + 2 * margin;

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`Terminal output of ${title}`)}">
<rect width="100%" height="100%" rx="8" fill="#161b22" stroke="#30363d"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12" fill="#c9d1d9">
${lines.map((line, index) => row(line, margin + (index + 0.75) * lineHeight)).join("\n")}
</g>
</svg>
`);

function row(line: string, y: number): string {
  const state = /^(\s*)(pass|fail|inconclusive|error|skip|unsupported|PASS|FAIL)(?=\s|$)/.exec(
    line,
  );
  const [head = "", indent = "", word = ""] = state ?? [];
  const inner =
    state === null
      ? escaped(line)
      : `${indent}<tspan fill="${colours[word.toLowerCase()] ?? "#79c0ff"}">${word}</tspan>${escaped(line.slice(head.length))}`;
  return `<text x="${margin}" y="${y}" xml:space="preserve">${inner}</text>`;
}

function wrapped(line: string): readonly string[] {
  if (line.length <= columns) return [line];
  const space = line.lastIndexOf(" ", columns);
  const end = space > columns / 2 ? space : columns;
  return [line.slice(0, end), ...wrapped(`    ${line.slice(end).trimStart()}`)];
}

function escaped(raw: string): string {
  // Control characters are no XML; the output of a run in a pipe has none.
  const clean = raw.replace(/[^\t\x20-\x7e\u00a0-\ud7ff]/g, "?");
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
