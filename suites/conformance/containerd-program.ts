// What the image's containerd prints when it is run beside the one that serves.
import { type AgentClient, errnoOf, fail, unsupported } from "../../harness/index.ts";
import { requireSupported } from "../containerd/supported-version.ts";

/** As in `1.7.24`. `program` with what starts it; `suite` that it is asked for. The check ends here where the suite does not support it. */
export const versionOf = async (
  agent: Pick<AgentClient, "exec">,
  { program, suite }: { readonly program: readonly string[]; readonly suite: string },
): Promise<string> => {
  const text = await printedBy(agent, [...program, "--version"]);
  const [, version] = /\bv?(\d+\.\d+[\w.~+-]*)/.exec(text) ?? [];
  if (version === undefined) {
    return unsupported(
      `${program.join(" ")} does not tell its version: ${text.trim().slice(0, 500)}`,
    );
  }
  requireSupported(version, suite);
  return version.split("~")[0] ?? version;
};

/** What a program prints that must succeed. */
export const printedBy = async (
  agent: Pick<AgentClient, "exec">,
  argv: readonly string[],
): Promise<string> => {
  const { exit, stdout, stderr } = await agent.exec(argv).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error;
    return fail(`There is no program ${argv[0]}`);
  });
  if (exit.kind === "exited" && exit.code === 0) return String(stdout);
  return fail(`${argv.join(" ")} did not succeed: ${String(stderr).trim().slice(-500)}`);
};
