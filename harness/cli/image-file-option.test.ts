import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveImage } from "../../images/catalog.ts";
import { gptBytes, qcow2Bytes } from "../../images/testing/image-bytes.ts";
import { tempDir } from "../core/tmp.ts";
import { prepareImage } from "../machine/prepare-image.ts";
import { withImageFile } from "./image-file-option.ts";

const containeros = resolveImage("containeros");

test("the file takes the place of the one that the manifest leaves open, in the format of its header", async () => {
  await using dir = await tempDir();
  const file = (name: string, bytes: Buffer): string => {
    const path = join(dir.path, name);
    writeFileSync(path, bytes);
    return path;
  };
  const raw = file("node.qcow2", gptBytes([]));
  const qcow2 = file("node.raw", qcow2Bytes());
  const sourceOf = (imageFile: string) => withImageFile(containeros, { imageFile }).manifest.source;
  expect([sourceOf(raw), sourceOf(qcow2)]).toEqual([
    { kind: "file", path: raw, format: "raw", allowBacking: [] },
    { kind: "file", path: qcow2, format: "qcow2", allowBacking: [] },
  ]);
  expect(withImageFile(containeros, {})).toBe(containeros);
});

test("without it the image is refused with where to get the file; an image that is built here takes none", async () => {
  const options = { agentPath: () => Promise.reject(new Error("unused")), onLine: () => undefined };
  await expect(prepareImage(containeros, options)).rejects.toMatchObject({
    code: "USAGE",
    message: "Image containeros is a file that you bring: name it with --image-file PATH",
    hint: expect.stringMatching(
      /^Alibaba Cloud alone gives ContainerOS out, .* docs\/containeros\.md /,
    ),
  });
  expect(() =>
    withImageFile(resolveImage("probe"), { imageFile: "/dev/null" }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: --image-file: probe is built here, so it has no file to replace]`,
  );
});
