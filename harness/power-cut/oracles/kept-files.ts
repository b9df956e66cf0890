// A file system of the node's own, such as /var on a data disk or the upper layer of /etc: whatever the update does, what was
// there before and was durable must be there after a power cut.
import { printable } from "../../core/printable.ts";
import { resolvePath } from "../../inspect/resolve-path.ts";
import type { LookedAt } from "../disk-view.ts";
import type { Judgement, Oracle } from "../oracle.ts";
import { isSound, type Replayed } from "../replay.ts";

/** By path in the file system: the sha256 of a file's content as hex, or that overlayfs hides a lower file there. */
export type KeptFiles = ReadonlyMap<string, { readonly sha256: string } | "whiteout">;

/** An ext4 file system that is all of its disk. There is no old and no new: `old` is said of a disk that has all of it. */
export const keptFilesOracle = (kept: KeptFiles): Oracle => ({
  name: "kept files",
  judge: async (view) => {
    const [partition] = view.partitions;
    const judgement =
      partition === undefined || view.partitions.length > 1
        ? undefined
        : await view.kernelVolume(partition, (looked, check) => judged(looked, check, kept));
    return judgement ?? { outcome: "no file system", isWhole: "neither", problems: [] };
  },
});

const judged = (looked: LookedAt, check: Replayed, kept: KeptFiles): Judgement => {
  const lost = [...kept].flatMap(([path, wanted]) => {
    const seen = lookFor(looked, path);
    const isKept = wanted === "whiteout" ? seen === wanted : seen === wanted.sha256;
    return isKept ? [] : [`${printable(path, 200)} is ${wordsFor(seen)}`];
  });
  const unsound = isSound(check) ? [] : [`e2fsck: ${check.said}`];
  const [first] = [...unsound, ...lost];
  if (first === undefined) return { outcome: "kept", isWhole: "old", problems: [] };
  return { outcome: first, isWhole: "neither", problems: [...unsound, ...lost] };
};

/** The sha256 of a file, `whiteout`, or why there is neither. */
const lookFor = ({ volume, digest }: LookedAt, path: string): string => {
  const found = resolvePath(volume.root, path, { lastLink: "kept" });
  if (found.kind !== "found") return "missing";
  const { node } = found;
  // Of overlayfs a device with the numbers 0, 0: kernel Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
  if (node.kind === "character-device") return "whiteout";
  return node.kind === "file" ? (digest(node) ?? "unreadable") : node.kind;
};

const wordsFor = (seen: string): string =>
  /^[0-9a-f]{64}$/.test(seen) ? "not what it was" : seen === "whiteout" ? "hidden" : seen;
