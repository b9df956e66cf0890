import type { RecipeChange } from "../mutant.ts";

/** One more version of an image, stated as its differences from the image itself, which is release `v1`. */
export interface StatedRelease {
  readonly schema: 1;
  /** The catalogue image that it is a version of. */
  readonly of: string;
  /** As its file: `images/releases/OF/NAME.yaml`. */
  readonly name: string;
  readonly title: string;
  /** IMAGE_VERSION of its os-release. The image itself states none. */
  readonly version: string;
  /** When it was made: days after the image itself. Updaters refuse what is older than the system that runs. */
  readonly daysLater: number;
  /** The branch that its commit is on; default that of the image. Another one makes it a payload for another image. */
  readonly ref?: string;
  /** It has a file of so many MiB that cannot be packed, for an update that needs more room than there is. Its own disk has that room. */
  readonly fillerMiB?: number;
  /** It is only there to be refused, so a mutant's is that of the image. */
  readonly isRefused: boolean;
  /** As in a mutant's recipe. Those to /etc change what is shipped, from which the /etc of a node is made. */
  readonly changes: readonly RecipeChange[];
}
