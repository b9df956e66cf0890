import { printable } from "../../core/printable.ts";
import { KiB } from "../../core/units.ts";
import { type HistoryBoot, historyBootSchema, lineSchemaVersion } from "./history-boot.ts";
import type { Line } from "./line-splitter.ts";

/** A boot with all its phases has some 1.5 KiB. */
export const maxLineBytes: number = 64 * KiB;

/** One boot as a line of JSON, its newline included; `schema` stands first. */
export const bootLine = (boot: HistoryBoot): string =>
  `${JSON.stringify({ schema: lineSchemaVersion, ...boot })}\n`;

export type ParsedLine =
  | { readonly kind: "boot"; readonly boot: HistoryBoot }
  | { readonly kind: "empty" }
  /** One sentence. */
  | { readonly kind: "bad"; readonly problem: string };

export const parseBootLine = ({ bytes, isTooLong }: Line): ParsedLine => {
  if (isTooLong) return { kind: "bad", problem: `it has more than ${maxLineBytes} bytes` };
  const text = bytes.toString("utf8");
  if (text.trim() === "") return { kind: "empty" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "bad", problem: `it is not JSON: ${printable(text, 40)}` };
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== lineSchemaVersion) {
    const seen = printable(JSON.stringify(schema) ?? "missing", 40);
    return { kind: "bad", problem: `its schema is ${seen}, expected ${lineSchemaVersion}` };
  }
  const { data, error } = historyBootSchema.safeParse(value);
  if (data !== undefined) return { kind: "boot", boot: data };
  const [issue] = error.issues;
  const where = issue?.path.map(String).join(".") || "(top)";
  return { kind: "bad", problem: `${where}: ${printable(issue?.message ?? "is wrong", 200)}` };
};
