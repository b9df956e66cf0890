// The only importer of yaml. Aliases are refused: no manifest needs them, and they are what YAML bombs are made of.
import { readFileSync, statSync } from "node:fs";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  stringify,
  visit,
} from "yaml";
import type { z } from "zod";
import { ConfigError } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";
import { formatBytes, MiB } from "../harness/core/units.ts";

interface YamlProblem {
  readonly file: string;
  /** 1-based, as editors count. */
  readonly line: number;
  readonly column: number;
  /** `disks[0].serial`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

const maxBytes = MiB;
const maxProblems = 100;
const maxDepth = 64;

/**
 * Reads a YAML file of at most 1 MiB against a schema.
 * @throws {ConfigError} naming every problem as FILE:LINE:COLUMN, one per line; they are in `details.problems` too.
 */
export const readYamlFile = <T>(file: string, schema: z.ZodType<T>): T => {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > maxBytes) throw tooLarge(file, size);
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`File ${file} cannot be read`, { cause });
  }
  return parseYaml(text, schema, file);
};

/** As `readYamlFile`, for text that came from `file`. */
export const parseYaml = <T>(text: string, schema: z.ZodType<T>, file: string): T => {
  const size = Buffer.byteLength(text);
  if (size > maxBytes) throw tooLarge(file, size);
  if (isTooDeep(text)) throw tooDeep(file);
  try {
    return parseBounded(text, schema, file);
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(file, cause);
    throw cause;
  }
};

/**
 * The yaml package is recursive, and its recovery from a stack overflow takes hours: 20,000 open brackets (measured).
 * Brackets in texts count too; no manifest has 64 more of one kind than of the other.
 */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  for (const char of text) {
    if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  // Block collections nest on one line (- - - a) or by one space of indentation per level.
  return /(?:[-?:][ \t]+){65}/.test(text) || text.split(/\r?\n/).some(isIndentedTooFar);
};

const isIndentedTooFar = (line: string): boolean => /^ {256}/.test(line);

const parseBounded = <T>(text: string, schema: z.ZodType<T>, file: string): T => {
  const lines = new LineCounter();
  // uniqueKeys of the yaml package compares every key with every other: quadratic. `duplicateKeys` is linear.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const at: At = (offset, path, message) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  };
  const syntax = syntaxProblems(document, at);
  if (syntax.length > 0) throw invalid(file, syntax);
  const result = schema.safeParse(document.toJS({ maxAliasCount: 0 }), { reportInput: true });
  if (result.success) return result.data;
  throw invalid(
    file,
    result.error.issues.flatMap((issue) => schemaProblems(document, issue, at)),
  );
};

type At = (offset: number, path: string, message: string) => YamlProblem;

const syntaxProblems = (document: Document.Parsed, at: At): YamlProblem[] => {
  // A megabyte of "]" is a million errors; the first ones do.
  const problems = [...document.errors, ...document.warnings]
    .slice(0, 10 * maxProblems)
    .map(({ pos, message }) => at(pos[0], "", message));
  if (problems.length > 0) return problems;
  visit(document, {
    Alias: (_key, alias) => {
      problems.push(at(alias.range?.[0] ?? 0, "", "aliases (*name) are not allowed"));
    },
    Map: (_key, map) => {
      problems.push(...duplicateKeys(map.items, at));
    },
  });
  return problems;
};

const duplicateKeys = (items: readonly { readonly key: unknown }[], at: At): YamlProblem[] => {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    if (!isScalar(key)) return [at(offset, "", "a key must be plain text")];
    const name = String(key.value);
    if (seen.has(name)) return [at(offset, printable(name, 80), "key stands here a second time")];
    seen.add(name);
    return [];
  });
};

const schemaProblems = (
  document: Document.Parsed,
  issue: z.core.$ZodIssue,
  at: At,
): YamlProblem[] => {
  if (issue.code === "unrecognized_keys") {
    const offsets = keyOffsets(document, issue.path);
    return issue.keys.map((key) =>
      at(offsets.get(key) ?? 0, pathText([...issue.path, key]), "unknown key"),
    );
  }
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  const message = isMissing ? `is missing (${expectation(issue)})` : issue.message;
  return [at(valueOffset(document, issue.path), pathText(issue.path), message)];
};

const expectation = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_type" ? `expected ${issue.expected}` : issue.message;

/** Where the value at `path` starts; for a missing one, the nearest thing around it that is there. */
const valueOffset = (document: Document.Parsed, path: readonly PropertyKey[]): number => {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
};

/** Where each key of the map at `path` stands; one pass, since all 100,000 keys of a map may be unknown. */
const keyOffsets = (
  document: Document.Parsed,
  path: readonly PropertyKey[],
): ReadonlyMap<string, number> => {
  const map = document.getIn(path, true);
  const items = isMap(map) ? map.items : [];
  return new Map(
    items.flatMap(({ key }) =>
      isScalar(key) && key.range ? [[String(key.value), key.range[0]] as const] : [],
    ),
  );
};

const pathText = (path: readonly PropertyKey[]): string =>
  printable(
    path
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("")
      .replace(/^\./, ""),
    200,
  );

const tooLarge = (file: string, size: number): ConfigError =>
  new ConfigError(
    `File ${file} has ${formatBytes(size)}; at most ${formatBytes(maxBytes)} are read`,
  );

const tooDeep = (file: string, cause?: unknown): ConfigError => {
  const message = `nested more than ${maxDepth} deep`;
  return invalid(file, [{ file, line: 1, column: 1, path: "", message }], cause);
};

const invalid = (file: string, found: readonly YamlProblem[], cause?: unknown): ConfigError => {
  const all = [...new Map(found.map((problem) => [textOf(problem), problem])).values()].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const problems = all.slice(0, maxProblems);
  const rest = all.length > maxProblems ? [`… and ${all.length - maxProblems} more`] : [];
  const count = all.length === 1 ? "1 problem" : `${all.length} problems`;
  const message = [`File ${file} has ${count}:`, ...problems.map(textOf), ...rest].join("\n");
  return new ConfigError(message, {
    hint: "images/schema.ts, profile/profile.ts and mutant.ts say what each key means",
    details: { problems },
    ...(cause === undefined ? {} : { cause }),
  });
};

const textOf = ({ file, line, column, path, message }: YamlProblem): string =>
  `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${printable(message, 300)}`;

/** Plain data as YAML, below comment lines (without their `#`). */
export const toYaml = (value: unknown, comments: readonly string[]): string =>
  [
    ...comments.map((line) => `# ${printable(line)}\n`),
    stringify(value, { lineWidth: 120, aliasDuplicateObjects: false }),
  ].join("");
