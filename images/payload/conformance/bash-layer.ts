import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../builder/package-file.ts";
import type { LayerEntry } from "./layer.ts";

/** Debian's bash, static. */
export const bashPackage = { package: "bash-static", from: "/usr/bin/bash-static" } as const;

/**
 * A shell that passes on all variables that it was given. Debian's busybox drops those whose names a shell cannot use, such as
 * `data-1`, which Kubernetes gives to containers and its specs look for by `sh -c env`.
 */
export const bashLayer = async (
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LayerEntry[]> => {
  const bash = join(workDir, "bash");
  writeFileSync(bash, await packageFile(bashPackage, onLine));
  return [
    { kind: "file", path: "bin/sh", copyOf: bash, mode: 0o755 },
    { kind: "hard-link", path: "bin/bash", to: "bin/sh" },
  ];
};
