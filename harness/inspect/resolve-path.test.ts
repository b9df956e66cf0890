import { expect, test } from "vitest";
import { resolvePath } from "./resolve-path.ts";
import type { DirectoryNode, TreeNode } from "./tree.ts";

const facts = { inode: 0, mode: 0o755, uid: 0, gid: 0, sizeBytes: 0 };
const file: TreeNode = { kind: "file", ...facts };
const link = (target: string | undefined): TreeNode => ({ kind: "link", ...facts, target });
const directory = (entries: Record<string, TreeNode>): DirectoryNode => ({
  kind: "directory",
  ...facts,
  entries: new Map(Object.entries(entries)),
});

const passwd = file;
const bash = file;
const root = directory({
  bin: link("usr/bin"),
  etc: directory({
    passwd,
    up: link("../../../../../etc/passwd"),
    absolute: link("/etc/passwd"),
    self: link("self"),
    a: link("b"),
    b: link("/etc/a"),
    dangling: link("../nowhere/x"),
    broken: link(undefined),
  }),
  usr: directory({ bin: directory({ bash, sh: link("bash") }) }),
});

test.each([
  ["/etc/passwd", { kind: "found", path: "/etc/passwd", node: passwd }],
  ["/bin/sh", { kind: "found", path: "/usr/bin/bash", node: bash }],
  ["/../../etc/./passwd", { kind: "found", path: "/etc/passwd", node: passwd }],
  ["/etc/up", { kind: "found", path: "/etc/passwd", node: passwd }],
  ["/etc/absolute", { kind: "found", path: "/etc/passwd", node: passwd }],
  ["/etc/self", { kind: "loop", path: "/etc/self" }],
  ["/etc/a/x", { kind: "loop", path: "/etc/a/x" }],
  ["/etc/dangling", { kind: "absent", path: "/nowhere" }],
  ["/etc/passwd/x", { kind: "absent", path: "/etc/passwd" }],
  ["/etc/broken", { kind: "unreadable", path: "/etc/broken" }],
  ["/", { kind: "found", path: "/", node: root }],
])("%s stays inside of the image", (path, expected) => {
  expect(resolvePath(root, path)).toEqual(expected);
});

test("the last link is kept when that is asked for", () => {
  expect(resolvePath(root, "/bin/sh", { lastLink: "kept" })).toEqual({
    kind: "found",
    path: "/usr/bin/sh",
    node: link("bash"),
  });
});
