import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../builder/package-file.ts";
import { goProgram } from "../go-program.ts";
import type { LayerEntry } from "./layer.ts";
import { shell } from "./programs.ts";

/** Debian's bash, static. */
export const bashPackage = { package: "bash-static", from: "/usr/bin/bash-static" } as const;

/**
 * Over busybox: a shell that passes on all variables that it was given, and speaks as busybox' own. Debian's drops those whose names
 * a shell cannot use, such as `data-1`, which Kubernetes gives to containers and its specs look for by `sh -c env`; bash keeps
 * them, but other specs want to read busybox' words. So `sh` is one or the other, as the variables are (test-images/sh).
 */
export const bashLayer = async (
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LayerEntry[]> => {
  const bash = join(workDir, "bash");
  writeFileSync(bash, await packageFile(bashPackage, onLine));
  return [
    { kind: "file", path: "bin/sh", copyOf: await goProgram(shell, onLine), mode: 0o755 },
    { kind: "file", path: "bin/bash", copyOf: bash, mode: 0o755 },
  ];
};
