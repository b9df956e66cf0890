import { fail } from "../../harness/index.ts";

/** Lines of a drop-in's section [Service] that start this program in place of the unit's (systemd.service(5)). */
export const execStart = (argv: readonly string[]): readonly string[] => [
  "ExecStart=",
  `ExecStart=${argv.map(quoted).join(" ")}`,
];

/** One argument of a command in a unit file (systemd.service(5), systemd.syntax(7)). */
const quoted = (argument: string): string => {
  if (/[\n\r\0]/.test(argument)) return fail("A program's argument has several lines");
  const escaped = argument.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped.replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
};
