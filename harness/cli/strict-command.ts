import type { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { reportError } from "./report-error.ts";

/** Makes a command and those below it throw on a wrong command line, and tell it like every other error of ours. */
export const strictCommand = (command: Command, path: string = command.name()): Command => {
  command.exitOverride().configureOutput({
    outputError: (text) => {
      const [message = "", suggestion] = text
        .replace(/^error: /, "")
        .trim()
        .split("\n");
      const didYouMean = suggestion === undefined ? "" : `${suggestion.replace(/^\(|\)$/g, "")} `;
      reportError(
        new UsageError(`${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, "")}`, {
          hint: `${didYouMean}See \`${path} --help\``,
        }),
      );
    },
  });
  for (const inner of command.commands) strictCommand(inner, `${path} ${inner.name()}`);
  return command;
};
