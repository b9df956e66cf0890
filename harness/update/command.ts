import type { Command, Reading, UpdateCommands } from "../../images/update-commands.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import { GuestError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { BootEntry, DriverOptions, Release, UpdateDriver } from "./driver.ts";
import { payloadDisk, withPayload } from "./payload-mount.ts";
import { commandLine, runUpdater } from "./run-updater.ts";

/** Runs what the manifest says, for updaters that no other driver knows: rauc, bootc, a vendor's own. */
export const commandDriver = (stated: UpdateCommands, options: DriverOptions): UpdateDriver => {
  const runAll = async (
    agent: AgentClient,
    commands: readonly Command[],
    release: Release,
  ): Promise<void> => {
    for (const argv of commands) await runUpdater(agent, filled(argv, release), options);
  };
  /** An updater may take the payload in either act. */
  const runWithPayload = (
    agent: AgentClient,
    commands: readonly Command[],
    release: Release,
  ): Promise<void> =>
    commands.some((argv) => argv.some((word) => word.includes("%d")))
      ? withPayload(agent, release, () => runAll(agent, commands, release))
      : runAll(agent, commands, release);
  const read = async (agent: AgentClient, reading: Reading): Promise<readonly string[]> =>
    identitiesIn(await runUpdater(agent, reading.argv, options), reading);
  const version = async (agent: AgentClient): Promise<string> => {
    const [identity] = await read(agent, stated.version);
    if (identity === undefined) throw nothingFits(stated.version);
    return identity;
  };
  return {
    kind: "command",
    stage: (agent, release) => runWithPayload(agent, stated.stage, release),
    activate: async (agent, release) => {
      await runWithPayload(agent, stated.activate, release);
      return {};
    },
    rollBack: async (agent, previous) => {
      await runAll(agent, stated.rollBack, previous);
      return {};
    },
    version,
    canList: stated.entries !== undefined,
    entries: async (agent): Promise<readonly BootEntry[]> => {
      const booted = await version(agent);
      if (stated.entries === undefined)
        return [{ identity: booted, isBooted: true, isNext: false }];
      const listed = await read(agent, stated.entries);
      return listed.map((identity, index) => ({
        identity,
        isBooted: identity === booted,
        isNext: index === 0,
      }));
    },
  };
};

/** Each word with its placeholders filled in; `%%` is a percent sign. One with `%k` stands there once for each kernel argument. */
export const filled = (
  argv: Command,
  release: Pick<Release, "identity" | "version" | "name" | "kernelArguments">,
): Command => {
  const values: Readonly<Record<string, string>> = {
    "%d": payloadDisk.path,
    "%i": release.identity,
    "%v": release.version ?? "",
    "%n": release.name,
    "%%": "%",
  };
  const { kernelArguments = [] } = release;
  return argv.flatMap((word) => {
    const fill = (argument: string): string =>
      word.replace(/%[divnk%]/g, (placeholder) =>
        placeholder === "%k" ? argument : (values[placeholder] ?? ""),
      );
    return /%k/.test(word.replaceAll("%%", "")) ? kernelArguments.map(fill) : [fill("")];
  });
};

/** The first groups of all that fits, in order. */
export const identitiesIn = (
  output: string,
  { match }: Pick<Reading, "match">,
): readonly string[] =>
  [...output.matchAll(new RegExp(match, "gm"))].flatMap(([, identity]) =>
    identity === undefined ? [] : [identity],
  );

const nothingFits = ({ argv, match }: Reading): GuestError =>
  new GuestError(
    "UPDATE_FAILED",
    `Expected ${commandLine(argv)} to print something that fits ${printable(match, 200)}, but nothing does`,
    { hint: "Correct updateCommands.version in the manifest" },
  );
