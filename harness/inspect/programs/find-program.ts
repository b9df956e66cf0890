import type { ImageView } from "../image-view.ts";
import type { Resolved } from "../resolve-path.ts";

/** systemd's compiled-in search path, and execvp's: systemd.service(5), "COMMAND LINES". */
const searched = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What would be started by this name: a path, or a name that is searched for in the usual places. */
export const findProgram = (
  view: ImageView,
  name: string,
  places: readonly string[] = searched,
): Resolved => {
  if (name.startsWith("/")) return view.resolve(name);
  for (const place of places) {
    const found = view.resolve(`${place}/${name}`);
    if (found.kind === "found") return found;
  }
  return { kind: "absent", path: name };
};
