import { expect, test } from "vitest";
import { openHeaders } from "../../images/header-reader.ts";
import { sha256OfText } from "../core/sha256.ts";
import { openExt4Volume } from "./ext4/ext4-volume.ts";
import { openFiles } from "./ext4/file-contents.ts";
import { walkTree } from "./ext4/walk-tree.ts";
import { makeExt4Image } from "./testing/ext4-image.ts";
import { treeDigests } from "./tree-digests.ts";

test("an entry is told by its kind, permissions, owner and content; a closed path is left out", async () => {
  const large = "0123456789".repeat(300_000);
  await using image = await makeExt4Image({
    "etc/hosts": { content: "localhost\n", mode: 0o640 },
    "etc/empty": "",
    large,
    link: { link: "etc/hosts" },
    "var/log/x": "changes",
  });
  using disk = openHeaders(image.path);
  const extent = { startByte: 0, sizeBytes: image.sizeBytes };
  const ext4 = openExt4Volume(disk, extent, image.workDir);
  const { root } = await walkTree(ext4);
  const volume = { open: (files: Parameters<typeof openFiles>[1]) => openFiles(ext4, files) };
  const closed = ["/var", "/lost+found"];
  const digests = await treeDigests(volume, root, (path) => closed.includes(path));
  const owner = /\d+:\d+/;
  expect([...digests].map(([path, text]) => `${path} ${text.replace(owner, "owner")}`)).toEqual([
    "/etc directory 0755 owner",
    `/large file 0644 owner 3000000 ${sha256OfText(large)}`,
    "/link link etc/hosts",
    `/etc/empty file 0644 owner 0 ${sha256OfText("")}`,
    `/etc/hosts file 0640 owner 10 ${sha256OfText("localhost\n")}`,
  ]);
  expect(ext4.usedBytes()).toBeGreaterThan(large.length);
});
