import type { ImageEntry } from "../builder/image-entry.ts";
import type { NodeRecipe } from "../builder/node-recipe.ts";
import type { RecipeChange } from "../mutant.ts";
import type { StatedRelease } from "./stated-release.ts";

/** How releases of one kind of node are made. */
export interface ReleaseMaker {
  /** What the image itself is, which is its first release; `disk` may have a mutant's changes. */
  first(source: ReleaseSource, disk: string, workDir: string): Promise<FirstRelease>;
  /** Writes the whole disk and the payload. */
  make(source: ReleaseSource, order: ReleaseOrder): Promise<MadeRelease>;
}

/** The built image that releases are made from, without a mutant's changes. */
export interface ReleaseSource {
  readonly entry: ImageEntry;
  readonly recipe: NodeRecipe;
  readonly disk: string;
}

export interface ReleaseOrder {
  readonly release: StatedRelease;
  /** A mutant's and the release's, in order. */
  readonly changes: readonly RecipeChange[];
  readonly diskPath: string;
  readonly payloadPath: string;
  readonly workDir: string;
  readonly onLine: (line: string) => void;
}

export interface ReleaseIdentity {
  /** Which release it is, exactly, in 64 hexadecimal digits. */
  readonly identity: string;
  /** Its kernel is started with these, and with what the updater adds. */
  readonly kernelArguments: readonly string[];
}

export interface FirstRelease extends ReleaseIdentity {
  /** IMAGE_VERSION of its os-release, where it states one. */
  readonly version?: string;
}

export interface MadeRelease extends ReleaseIdentity {
  /** A file of the payload that only this release has, from its root: who damages it damages the release. */
  readonly ownFile: string;
}
