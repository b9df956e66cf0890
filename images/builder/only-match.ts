import { ImageError } from "../../harness/core/errors.ts";
import { matchesGlob } from "../../harness/core/matches-glob.ts";
import type { Ext4Edit } from "./ext4-edit.ts";

/**
 * The one path that fits a pattern in which `*` stands for any text of one name: a kernel's release, for one, changes with
 * the packages of the day.
 */
export const onlyMatch = async (root: Pick<Ext4Edit, "list">, pattern: string): Promise<string> => {
  let path = "";
  for (const part of pattern.split("/").slice(1)) {
    path = `${path}/${part.includes("*") ? await onlyName(root, path, part) : part}`;
  }
  return path;
};

const onlyName = async (
  root: Pick<Ext4Edit, "list">,
  directory: string,
  pattern: string,
): Promise<string> => {
  const names = (await root.list(directory === "" ? "/" : directory)).filter(
    (name) => name !== "." && name !== ".." && matchesGlob(pattern, name),
  );
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw new ImageError(
    "IMAGE_BUILD",
    `${directory}/${pattern} should fit one name, but fits ${names.length === 0 ? "none" : names.join(", ")}`,
    { hint: "Bring the mutant's recipe in line with the image's recipe" },
  );
};
