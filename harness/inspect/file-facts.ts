import { factText } from "./fact-text.ts";
import type { FilesFact } from "./image-facts.ts";
import type { FoundFile, ImageView } from "./image-view.ts";

const setuidBit = 0o4000;
const setgidBit = 0o2000;

export const fileFacts = ({ entries, files }: ImageView): FilesFact => {
  const count = (...kinds: readonly string[]): number =>
    entries.filter(({ node }) => kinds.includes(node.kind)).length;
  return {
    files: files.length,
    directories: count("directory"),
    links: count("link"),
    devices: count("character-device", "block-device"),
    bytes: files.reduce((sum, { node }) => sum + node.sizeBytes, 0),
    setuid: files.filter(({ node }) => (node.mode & setuidBit) !== 0).map(ownedFile),
    setgid: files.filter(({ node }) => (node.mode & setgidBit) !== 0).map(ownedFile),
  };
};

const ownedFile = ({ path, node }: FoundFile): FilesFact["setuid"][number] => ({
  path: factText(path),
  uid: node.uid,
  gid: node.gid,
});
