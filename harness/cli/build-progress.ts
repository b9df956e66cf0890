import type { BuildOptions } from "../../images/builder/build-image.ts";
import { buildAgent } from "../agent/build-agent.ts";
import { log } from "../core/log.ts";
import { printable } from "../core/printable.ts";

/** Build options for the command line: steps go to stderr, so that stdout stays for what was asked. */
export const buildOptions = (what: string): BuildOptions => {
  let isAnnounced = false;
  return {
    agentPath: buildAgent,
    onLine: (line) => {
      if (!isAnnounced) process.stderr.write(`building ${what} (once; kept in the cache)\n`);
      isAnnounced = true;
      if (process.env["BOOTWRIGHT_LOG"] !== undefined)
        process.stderr.write(`  ${printable(line)}\n`);
      log.debug(line);
    },
  };
};
