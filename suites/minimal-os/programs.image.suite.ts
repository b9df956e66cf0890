import { type ImageFacts, testImage, unsupported } from "../../harness/index.ts";
import { type Finding, judgeFindings } from "./judge-findings.ts";

type Program = ImageFacts["programs"][number];

const checks = [
  {
    name: "shells",
    claim: "C29",
    title: "There is no shell, under whatever name, in the initrd neither",
    categories: ["shell"],
  },
  {
    name: "interpreters",
    claim: "C06",
    title: "There is no interpreter of a language, under whatever name",
    categories: ["language"],
  },
  {
    name: "package-managers",
    claim: "C16",
    title: "There is no package manager, under whatever name",
    categories: ["package-manager"],
  },
  {
    name: "ssh",
    claim: "C07",
    title: "There is no program for a remote shell, neither server nor client",
    categories: ["ssh"],
  },
  {
    name: "login-programs",
    claim: "C07",
    title: "There is no program that asks for a login",
    categories: ["login"],
  },
  {
    name: "compilers",
    claim: "C24",
    title: "There is no compiler, assembler or linker",
    categories: ["compiler"],
  },
  {
    name: "debug-tools",
    claim: "C24",
    title: "There is no debugger, tracer or packet sniffer",
    categories: ["debug-tool", "network-tool"],
  },
  {
    name: "packed-programs",
    title: "No program is packed so that nothing can be said of it, and there is no packer",
    categories: ["packer"],
  },
] as const;

for (const { name, title, categories, ...claim } of checks) {
  testImage(`minimal-os/${name}`, { ...claim, title }, (context) => {
    const exceptions = context.profile.minimalOs?.without[name];
    if (exceptions === undefined) return unsupported(`The profile does not promise: ${title}`);
    const found = context.facts.programs.filter(({ category }) =>
      categories.some((one) => one === category),
    );
    return judgeFindings(context, found.map(toFinding), exceptions);
  });
}

function toFinding({ path, program, evidence }: Program): Finding {
  const how = evidence.map(({ kind, seen }) => `${kind} ${seen}`).join(", ");
  return { path, text: `${path} is ${program} by ${how}` };
}
