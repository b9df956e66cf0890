import { ImageError } from "../../harness/core/errors.ts";
import type { RecipeChange } from "../mutant.ts";

/** @throws {ImageError} IMAGE_BUILD for changes to what a verity node does not have. */
export const refuseUnfit = (changes: readonly RecipeChange[]): void => {
  for (const { kind } of changes) {
    if (kind !== "stall-boot-code") continue;
    throw new ImageError(
      "IMAGE_BUILD",
      "A verity node has no BIOS boot code that could be stalled",
    );
  }
};
