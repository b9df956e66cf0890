import { basename, dirname } from "node:path/posix";
import type { ImageView } from "../image-view.ts";

/**
 * Gives a path as it is in the image: packages say /bin/x where /bin is a link to /usr/bin. The directory is resolved, and the
 * last part kept; directories come again and again.
 */
export const canonicalPaths = (view: ImageView): ((path: string) => string) => {
  const known = new Map<string, string>();
  return (path) => {
    const parent = dirname(path);
    const resolved = known.get(parent) ?? (view.resolve(parent).path || parent);
    known.set(parent, resolved);
    return `${resolved === "/" ? "" : resolved}/${basename(path)}`;
  };
};
