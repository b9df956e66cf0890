import type { DirectoryNode, LinkNode, TreeNode } from "./tree.ts";

export type Resolved =
  | { readonly kind: "found"; readonly path: string; readonly node: TreeNode }
  /** `path` is the first part that is not there. */
  | { readonly kind: "absent"; readonly path: string }
  /** More links or parts than are followed. */
  | { readonly kind: "loop"; readonly path: string }
  | { readonly kind: "unreadable"; readonly path: string };

export interface ResolveOptions {
  /** Default followed. */
  readonly lastLink?: "followed" | "kept";
}

interface Place {
  readonly name: string;
  readonly node: DirectoryNode;
}

/** Linux gives up after 40 links with ELOOP: path_resolution(7). */
const maxLinks = 40;
/** 40 links of 4096 bytes could ask for a hundred thousand parts. */
const maxParts = 1024;

/**
 * Follows a path as a process whose root is `root` would: an absolute target starts at `root`, and `..` at the root stays
 * there, so nothing outside of the tree can be reached. The last part is followed too, unless `lastLink` is "kept".
 */
export const resolvePath = (
  root: DirectoryNode,
  path: string,
  options: ResolveOptions = {},
): Resolved => {
  const walk = new PathWalk(root, path, options.lastLink === "kept");
  for (;;) {
    const end = walk.step();
    if (end !== undefined) return end;
  }
};

class PathWalk {
  readonly #root: DirectoryNode;
  readonly #path: string;
  readonly #isLastLinkKept: boolean;
  readonly #waiting: string[];
  #places: Place[] = [];
  #links = 0;
  #parts = 0;

  constructor(root: DirectoryNode, path: string, isLastLinkKept: boolean) {
    this.#root = root;
    this.#path = path;
    this.#isLastLinkKept = isLastLinkKept;
    this.#waiting = partsOf(path).toReversed();
  }

  /** Takes the next part; returns what the path leads to once that is known. */
  step(): Resolved | undefined {
    const directory = this.#places.at(-1)?.node ?? this.#root;
    const part = this.#waiting.pop();
    if (part === undefined) {
      return { kind: "found", path: pathOf(this.#places) || "/", node: directory };
    }
    this.#parts += 1;
    if (this.#parts > maxParts) return { kind: "loop", path: this.#path };
    if (part === "..") {
      this.#places.pop();
      return undefined;
    }
    const node = directory.entries.get(part);
    if (node?.kind === "directory") {
      this.#places.push({ name: part, node });
      return undefined;
    }
    const path = `${pathOf(this.#places)}/${part}`;
    if (node === undefined) return { kind: "absent", path };
    const isLast = this.#waiting.length === 0;
    if (node.kind === "link" && !(isLast && this.#isLastLinkKept)) return this.#follow(node, path);
    return isLast ? { kind: "found", path, node } : { kind: "absent", path };
  }

  #follow({ target }: LinkNode, path: string): Resolved | undefined {
    if (target === undefined) return { kind: "unreadable", path };
    this.#links += 1;
    if (this.#links > maxLinks) return { kind: "loop", path: this.#path };
    if (target.startsWith("/")) this.#places = [];
    this.#waiting.push(...partsOf(target).toReversed());
    return undefined;
  }
}

const partsOf = (path: string): readonly string[] =>
  path.split("/").filter((part) => part !== "" && part !== ".");

const pathOf = (places: readonly Place[]): string => places.map(({ name }) => `/${name}`).join("");
