import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GoProgram } from "../payload/go-program.ts";
import { nodeHealth, pause } from "../payload/programs.ts";
import { packLayer, writeOciLayout } from "./oci-layout.ts";

/** A container image of one program. */
export interface ProgramImage {
  readonly ref: string;
  readonly program: GoProgram;
}

/** The container images that a node of ours needs to start: what each pod's sandbox runs, and the management container. */
export const nodeImages: readonly ProgramImage[] = [
  { ref: "registry.invalid/bootwright/pause:1", program: pause },
  { ref: "registry.invalid/bootwright/node-health:1", program: nodeHealth },
];

// Not 65535, which systemd takes for "no user".
const user = "65532:65532";

/**
 * Writes the images as an OCI layout.
 * @param programPath resolves to the built program.
 */
export const writeProgramImages = async (
  directory: string,
  images: readonly ProgramImage[],
  programPath: (program: GoProgram) => Promise<string>,
  workDir: string,
): Promise<void> => {
  const users = join(workDir, "users.tar");
  await packLayer(stagedUsers(workDir), users);
  const layouts = [];
  for (const { ref, program } of images) {
    const staged = join(workDir, program.name);
    mkdirSync(staged);
    copyFileSync(await programPath(program), join(staged, program.name));
    const layer = join(workDir, `${program.name}.tar`);
    await packLayer(staged, layer);
    const config = { Entrypoint: [`/${program.name}`], User: user };
    layouts.push({ ref, layers: [users, layer], config });
  }
  await writeOciLayout(directory, layouts);
};

/** The layer that all share. */
const stagedUsers = (workDir: string): string => {
  const etc = join(workDir, "users", "etc");
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, "passwd"), "node:x:65532:65532:node:/:/sbin/nologin\n");
  writeFileSync(join(etc, "group"), "node:x:65532:\n");
  return join(workDir, "users");
};
