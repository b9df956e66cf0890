import { factText } from "../fact-text.ts";
import type { ScriptFact } from "../image-facts.ts";
import { type ImagePart, pathIn } from "../image-part.ts";
import { findProgram } from "./find-program.ts";
import type { ScannedScript } from "./scan-files.ts";

/** Scripts with what would run them: behind /usr/bin/env stands the name that is looked for. */
export const scriptFacts = (part: ImagePart): readonly ScriptFact[] =>
  part.scanned.scripts.map((script) => {
    const interpreter = interpreterOf(script);
    return {
      path: pathIn(part, script.path),
      interpreter: factText(interpreter),
      interpreterState: findProgram(part.view, interpreter).kind,
      isExecutable: (script.node.mode & 0o111) !== 0,
    };
  });

const interpreterOf = ({ interpreter, argument }: ScannedScript): string => {
  if (!/\/env$/.test(interpreter)) return interpreter;
  const words = argument
    .split(/[ \t]+/)
    .filter((word) => !word.startsWith("-") && !word.includes("="));
  return words[0] ?? interpreter;
};
