import { factText } from "../fact-text.ts";
import type { ScriptFact } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import { findProgram } from "./find-program.ts";
import type { ScannedScript } from "./scan-files.ts";

/** Scripts with what would run them: behind /usr/bin/env stands the name that is looked for. */
export const scriptFacts = (
  view: ImageView,
  scripts: readonly ScannedScript[],
): readonly ScriptFact[] =>
  scripts.map((script) => {
    const interpreter = interpreterOf(script);
    return {
      path: factText(script.path),
      interpreter: factText(interpreter),
      interpreterState: findProgram(view, interpreter).kind,
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
