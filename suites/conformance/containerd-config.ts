/**
 * The configuration that `containerd config dump` prints, which is complete, with another place for registries' mirrors
 * (https://github.com/containerd/containerd/blob/main/docs/hosts.md). Nothing is imported any more: it is all in there.
 * Undefined where it has no such place: a containerd that knows no mirrors in a directory, or none at all.
 */
export const withMirrors = (dump: string, directory: string): string | undefined => {
  const lines = dump.split("\n");
  const table = lines.findIndex((line) => registryTable.test(line));
  if (table < 0) return undefined;
  const end = lines.findIndex((line, index) => index > table && /^\s*\[/.test(line));
  const own = lines.slice(table + 1, end < 0 ? undefined : end);
  // Mirrors of both kinds are refused together (containerd 1.7, pkg/cri/config/config.go, ValidatePluginConfig).
  const kept = own.filter((line) => !/^\s*config_path\s*=/.test(line));
  return [
    ...withoutImports(lines.slice(0, table)),
    lines[table],
    `config_path = ${JSON.stringify(directory)}`,
    ...kept,
    ...(end < 0 ? [] : withoutMirrorTables(lines.slice(end))),
  ].join("\n");
};

/** containerd 1.x and 2.x name the plugin differently, and dump with either quotation mark. */
const registryTable =
  /^\s*\[plugins\.["'](?:io\.containerd\.grpc\.v1\.cri|io\.containerd\.cri\.v1\.images)["']\.registry\]\s*$/;

const withoutImports = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !/^imports\s*=/.test(line));

const mirrorTable = /\.registry\.(?:mirrors|configs)(?:\]|\.)/;

const withoutMirrorTables = (lines: readonly string[]): readonly string[] => {
  let isMirror = false;
  return lines.filter((line) => {
    if (/^\s*\[/.test(line)) isMirror = mirrorTable.test(line);
    return !isMirror;
  });
};

/** The arguments of a containerd with another configuration file. */
export const withConfigFile = (given: readonly string[], path: string): readonly string[] => {
  const kept: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] ?? "";
    if (/^--?c(?:onfig)?$/.test(argument)) index += 1;
    else if (!/^--?c(?:onfig)?=/.test(argument)) kept.push(argument);
  }
  return ["--config", path, ...kept];
};
