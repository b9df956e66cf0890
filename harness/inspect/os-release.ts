import { factText } from "./fact-text.ts";
import type { OsReleaseFact } from "./image-facts.ts";
import type { ImageView } from "./image-view.ts";

/** os-release(5): /etc has precedence over /usr/lib; values as a shell would read them, without expansion. */
export const readOsRelease = (view: ImageView): OsReleaseFact | undefined => {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    const text = view.textOf(path);
    if (text === undefined) continue;
    const resolved = view.resolve(path);
    return { path: factText(resolved.path), fields: parseOsRelease(text) };
  }
  return undefined;
};

/** The fields of an os-release file, written as facts are. */
export const parseOsRelease = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined
        ? []
        : [[key, factText(unquoted(value.trim()))]];
    }),
  );

const unquoted = (value: string): string => {
  const [, single] = /^'([^']*)'$/.exec(value) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  return (double ?? value).replaceAll(/\\(.)/g, "$1");
};
