import { readFileSync } from "node:fs";
import type { ProgramSource } from "../mutant.ts";
import { goProgram } from "../payload/go-program.ts";
import { mutantProgram } from "../payload/mutant-programs.ts";
import { packageFile } from "./package-file.ts";

/**
 * A program that a mutant adds: fetched or built, or taken from the cache.
 * @throws {ImageError} IMAGE_BUILD when the package has no such file; {HostError} as mmdebstrap and `goProgram`.
 */
export const programContent = async (
  source: ProgramSource,
  onLine: (line: string) => void,
): Promise<Uint8Array> =>
  "program" in source
    ? readFileSync(await goProgram(mutantProgram(source.program), onLine))
    : packageFile(source, onLine);
