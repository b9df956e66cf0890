// Syntax: systemd.syntax(7).

export interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Settings of a unit file, or of any file of that kind, in order; lines that end in a backslash go on. */
export const parseSettings = (text: string): readonly Setting[] => {
  const settings: Setting[] = [];
  let section = "";
  let open: { readonly line: number; readonly text: string } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (/^[#;]/.test(line)) continue;
    const whole: string = open === undefined ? line : `${open.text} ${line}`;
    const start: number = open?.line ?? index + 1;
    open = whole.endsWith("\\") ? { line: start, text: whole.slice(0, -1).trimEnd() } : undefined;
    if (open !== undefined) continue;
    section = /^\[(.*)\]$/.exec(whole)?.[1] ?? section;
    const [, key, value] = /^([A-Za-z0-9_.-]+)\s*=\s*(.*)$/.exec(whole) ?? [];
    if (key !== undefined && value !== undefined)
      settings.push({ section, key, value, line: start });
  }
  return settings;
};

/** The words of a command line; quotes hold words together. Good enough to find names: nothing is started. */
export const commandWords = (command: string): readonly string[] =>
  [...command.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
