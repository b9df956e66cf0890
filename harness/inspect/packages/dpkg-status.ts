export interface DpkgPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly installedBytes: number;
}

/**
 * Installed packages of a dpkg status file (deb822(5); Installed-Size is in KiB), by name; texts are bytes as latin1.
 * @returns a sentence with the line when the file is not one.
 */
export const parseDpkgStatus = (text: string): readonly DpkgPackage[] | string => {
  const packages: DpkgPackage[] = [];
  let line = 1;
  for (const paragraph of text.split(/\n(?=[ \t\r]*\n)/)) {
    const fields = fieldsOf(paragraph);
    if (fields === undefined) return `something else than fields in the paragraph at line ${line}`;
    const one = fields.size === 0 ? undefined : installedPackage(fields);
    if (typeof one === "string") return `${one} in the paragraph at line ${line}`;
    if (one !== undefined) packages.push(one);
    line += paragraph.split("\n").length;
  }
  if (packages.length === 0) return "no installed package";
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
};

/** Lines that begin with a blank continue a field. */
const fieldsOf = (paragraph: string): ReadonlyMap<string, string> | undefined => {
  const fields = new Map<string, string>();
  for (const line of paragraph.split("\n")) {
    if (line.trim() === "" || (/^[ \t]/.test(line) && fields.size > 0)) continue;
    const [, key, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return undefined;
    fields.set(key, value);
  }
  return fields;
};

/** In every other state its files are there, if not set up: dpkg(1), "Package states". */
const withoutFiles = ["", "not-installed", "config-files"];

const installedPackage = (
  fields: ReadonlyMap<string, string>,
): DpkgPackage | string | undefined => {
  const name = fields.get("Package");
  if (name === undefined) return "no field Package";
  const state = (fields.get("Status") ?? "").split(" ").at(-1) ?? "";
  if (withoutFiles.includes(state)) return undefined;
  const version = fields.get("Version");
  if (version === undefined) return "no field Version";
  return {
    name,
    version,
    architecture: fields.get("Architecture") ?? "",
    installedBytes: Number(/^\d{1,12}$/.exec(fields.get("Installed-Size") ?? "")?.[0] ?? 0) * 1024,
  };
};
