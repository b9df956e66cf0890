import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packLayer, writeOciLayout } from "../builder/oci-layout.ts";
import type { GoProgram } from "./go-program.ts";

/** What runs in the containers that suites start. */
export const workload: GoProgram = { module: "workload", package: ".", name: "workload" };

const ref = "registry.invalid/bootwright/workload:1";

/** Changes when this file would pack the same program into another image. */
export const workloadImageSources = (): string =>
  [import.meta.filename, join(import.meta.dirname, "../builder/oci-layout.ts")]
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");

/** Writes the image of the built program as an OCI layout into `directory`, which must not exist. */
export const writeWorkloadImage = async (
  directory: string,
  programPath: string,
  workDir: string,
): Promise<void> => {
  const root = join(workDir, "workload-root");
  for (const name of ["etc", "tmp"]) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, "etc", "passwd"), "root:x:0:0:root:/:/workload\n");
  writeFileSync(join(root, "etc", "group"), "root:x:0:\n");
  copyFileSync(programPath, join(root, "workload"));
  chmodSync(join(root, "workload"), 0o755);
  const layer = join(workDir, "workload.tar");
  await packLayer(root, layer);
  const config = { Entrypoint: ["/workload"], User: "0:0" };
  await writeOciLayout(directory, [{ ref, layers: [layer], config }]);
};
