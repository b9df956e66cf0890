import type { FilesFact } from "./image-facts.ts";
import { type ImagePart, pathIn } from "./image-part.ts";

const setuidBit = 0o4000;
const setgidBit = 0o2000;

/** @param fileSystems the root first. */
export const fileFacts = (fileSystems: readonly ImagePart[]): FilesFact => {
  const [root] = fileSystems;
  const { entries = [], files = [] } = root?.view ?? {};
  const count = (...kinds: readonly string[]): number =>
    entries.filter(({ node }) => kinds.includes(node.kind)).length;
  const withBit = (bit: number): FilesFact["setuid"] =>
    fileSystems.flatMap((part) =>
      part.view.files
        .filter(({ node }) => (node.mode & bit) !== 0)
        .map(({ path, node: { uid, gid } }) => ({ path: pathIn(part, path), uid, gid })),
    );
  return {
    files: files.length,
    directories: count("directory"),
    links: count("link"),
    devices: count("character-device", "block-device"),
    bytes: files.reduce((sum, { node }) => sum + node.sizeBytes, 0),
    setuid: withBit(setuidBit),
    setgid: withBit(setgidBit),
    capable: fileSystems.flatMap((part) =>
      part.view.files
        .filter(({ node }) => node.isCapable === true)
        .map(({ path }) => pathIn(part, path)),
    ),
  };
};
