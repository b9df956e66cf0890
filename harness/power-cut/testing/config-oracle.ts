// Knows the one file that the careful updater brings up to date.
import { createHash } from "node:crypto";
import { resolvePath } from "../../inspect/resolve-path.ts";
import type { Judgement, Oracle } from "../oracle.ts";
import { isSound } from "../replay.ts";
import { releaseContent } from "./recorded-update.ts";

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const configOracle = (): Oracle => {
  const releases = new Map([
    [digestOf(releaseContent("v1")), "old"],
    [digestOf(releaseContent("v2")), "new"],
  ] as const);
  return {
    name: "config",
    judge: async (view) => {
      const [partition] = view.partitions;
      if (partition === undefined) throw new Error("A disk has at least one part");
      const judgement = await view.kernelVolume(
        partition,
        ({ volume, digest }, check): Judgement => {
          const problems = isSound(check) ? [] : [`e2fsck: ${check.said}`];
          const found = resolvePath(volume.root, "/config");
          if (found.kind !== "found") return { outcome: "missing", isWhole: "neither", problems };
          const isWhole = releases.get(digest(found.node) ?? "");
          if (isWhole !== undefined) return { outcome: isWhole, isWhole, problems };
          const outcome = found.node.sizeBytes === 0 ? "empty" : "torn";
          return { outcome, isWhole: "neither", problems };
        },
      );
      return judgement ?? { outcome: "no file system", isWhole: "neither", problems: [] };
    },
  };
};
