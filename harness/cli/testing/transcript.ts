import { type CliOptions, runCli } from "./run-cli.ts";

/** They are independent of each other, and most of what they do is to start. */
const atOnce = 3;

/** What a person sees who types these commands one after another, with `hidden` paths shown as their names. */
export const transcript = async (
  commands: readonly (readonly string[])[],
  options: CliOptions & { readonly hidden?: Readonly<Record<string, string>> } = {},
): Promise<string> => {
  const parts: string[] = [];
  for (let next = 0; next < commands.length; next += atOnce) {
    const some = commands.slice(next, next + atOnce);
    parts.push(...(await Promise.all(some.map((args) => shown(args, options)))));
  }
  const hidden = Object.entries(options.hidden ?? {});
  return hidden.reduce((text, [name, path]) => text.replaceAll(path, name), parts.join("\n\n"));
};

const shown = async (args: readonly string[], options: CliOptions): Promise<string> => {
  const { exitCode, stdout, stderr } = await runCli(args, options);
  return `$ bootwright ${args.join(" ")}\n${stdout}${stderr}[exit code ${exitCode}]`;
};
