// What GRUB makes of the syslinux.cfg that OSTree writes: images/recipes/reference/grub.cfg runs it as its own words, and
// an entry is made by its APPEND line, from what came before.

export interface MenuEntry {
  readonly label: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly arguments: readonly string[];
}

export interface Menu {
  readonly entries: readonly MenuEntry[];
  /** The one that is started: the first with the default's label, else the first. */
  readonly chosen: MenuEntry | undefined;
}

const maxLines = 10_000;

export const parseSyslinuxMenu = (text: string): Menu => {
  const entries: MenuEntry[] = [];
  let [byDefault, label, kernel, initrd] = ["", "", "", ""];
  for (const line of text.split("\n").slice(0, maxLines)) {
    const [, word = "", rest = ""] = /^\s*(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (word === "DEFAULT") byDefault = rest;
    else if (word === "LABEL") label = rest;
    else if (word === "KERNEL") kernel = rest;
    else if (word === "INITRD") initrd = rest;
    else if (word === "APPEND") {
      entries.push({ label, kernel, initrd, arguments: rest.split(/\s+/) });
    }
  }
  // GRUB's `default` is a title or a number; where there is no such entry it starts the first (GRUB manual, "default").
  return { entries, chosen: entries.find((entry) => entry.label === byDefault) ?? entries[0] };
};
