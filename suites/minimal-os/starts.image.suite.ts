import { testImage, unsupported } from "../../harness/index.ts";
import { judgeFindings } from "./judge-findings.ts";

testImage(
  "minimal-os/scripts",
  { claim: "C06", title: "No file begins with #! and could run" },
  (context) => {
    const exceptions = context.profile.minimalOs?.without.scripts;
    if (exceptions === undefined) return unsupported("The profile allows scripts");
    const { scripts } = context.facts;
    context.figure("scripts", scripts.length, "count");
    // One that nobody can execute, for an interpreter that is not there, is a text like any other.
    const runnable = scripts.filter(
      ({ isExecutable, interpreterState }) => isExecutable || interpreterState === "found",
    );
    return judgeFindings(
      context,
      runnable.map(({ path, interpreter, interpreterState }) => ({
        path,
        text: `${path} is for ${interpreter} (${interpreterState})`,
      })),
      exceptions,
    );
  },
);

testImage(
  "minimal-os/shell-references",
  {
    claim: "C29",
    title:
      "No unit, device rule, module option, kernel helper or container hook names a shell, a script or an interpreter",
  },
  (context) => {
    const exceptions = context.profile.minimalOs?.without["shell-references"];
    if (exceptions === undefined) return unsupported("The profile allows them");
    const { elf, services } = context.facts;
    // They call system() or popen(), which fail without /bin/sh: a number, because they may never do it.
    context.figure("programs-that-call-a-shell", elf.callShell.length, "count");
    if (elf.callShell.length > 0) context.evidence("calls-shell", elf.callShell.join("\n"));
    const found = services.references.filter(({ kind }) => kind !== "program");
    return judgeFindings(context, found.map(toFinding), exceptions);
  },
);

testImage(
  "minimal-os/missing-programs",
  { title: "Every program that the system starts by name is there" },
  (context) => {
    const exceptions = context.profile.minimalOs?.without["missing-programs"];
    if (exceptions === undefined) return unsupported("The profile allows them");
    const found = context.facts.services.references.filter(
      ({ kind, isPresent }) => kind === "program" && !isPresent,
    );
    return judgeFindings(context, found.map(toFinding), exceptions);
  },
);

function toFinding(reference: {
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly command: string;
  readonly kind: string;
  readonly isPresent: boolean;
}): { readonly path: string; readonly text: string } {
  const { file, line, key, command, kind, isPresent } = reference;
  const what = `${kind}${isPresent ? "" : ", which is not there"}`;
  return { path: file, text: `${file}:${line} ${key}=${command} (${what})` };
}
