import { type Release, releases, unsupported } from "../../harness/index.ts";

/** A release of the image under test; the check ends here where there is none of that name. */
export const releaseNamed = (name: string): Release =>
  releases().find((release) => release.name === name) ??
  unsupported(
    `The image has no release ${name}: its manifest names none under \`releases\`, and images/releases has none of it`,
  );

/** The image itself and what it is updated to. */
export const releasePair = (): { readonly v1: Release; readonly v2: Release } => ({
  v1: releaseNamed("v1"),
  v2: releaseNamed("v2"),
});
