import { expect, test } from "vitest";
import { overlayUppers } from "./overlay-uppers.ts";
import type { DirectoryNode, TreeNode } from "./tree.ts";

const facts = { inode: 1, uid: 0, gid: 0, sizeBytes: 0 };
const directory = (
  entries: Readonly<Record<string, TreeNode>> = {},
  mode = 0o755,
): DirectoryNode => ({
  ...facts,
  kind: "directory",
  mode,
  entries: new Map(Object.entries(entries)),
});
const file: TreeNode = { ...facts, kind: "file", mode: 0o644 };
const used = directory({ work: directory({}, 0) });

test("the neighbour of a work directory is found, one that was used by its content", () => {
  expect([
    overlayUppers(directory({ upper: directory({ passwd: file }), work: directory() })),
    overlayUppers(directory({ "lost+found": directory(), etc: directory(), ".w": used })),
    overlayUppers(directory({ etc: directory({ rw: directory(), workdir: directory() }) })),
    overlayUppers(
      directory({
        a: directory({ up: directory(), w: used }),
        b: directory({ up: directory(), w: used }),
      }),
    ),
  ]).toEqual([["/upper"], ["/etc"], ["/etc/rw"], ["/a/up", "/b/up"]]);
});

test("what is no pair is none", () => {
  const deep = directory({
    a: directory({ b: directory({ c: directory({ up: directory(), w: used }) }) }),
  });
  expect([
    overlayUppers(directory()),
    overlayUppers(directory({ upper: directory() })),
    overlayUppers(directory({ work: directory() })),
    overlayUppers(directory({ a: used, b: used })),
    overlayUppers(directory({ upper: directory(), other: directory(), work: directory() })),
    overlayUppers(directory({ upper: directory(), work: directory({ file }) })),
    overlayUppers(deep),
  ]).toEqual([[], [], [], [], [], [], []]);
});
