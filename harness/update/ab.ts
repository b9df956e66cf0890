// A and B partitions. systemd-sysupdate writes a release into the free slot and then its boot entry, with a counter of tries in its
// name; of entries with the same sort key systemd-boot starts the newest that has a try left (sysupdate.d(5), the UAPI group's
// "Automatic Boot Assessment").
import { z } from "zod";
import type { StatedDriver } from "../../images/profile/upgrade.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import { GuestError } from "../core/errors.ts";
import { bootedIdentity } from "./booted-identity.ts";
import type { BootEntry, DriverOptions, UpdateDriver } from "./driver.ts";
import { withPayload } from "./payload-mount.ts";
import { runUpdater } from "./run-updater.ts";

/** Not in PATH: it is no command for people yet. */
const sysupdate = "/usr/lib/systemd/systemd-sysupdate";
const bootctl = "/usr/bin/bootctl";

export const abDriver = (
  { definitions }: Extract<StatedDriver, { kind: "ab" }>,
  options: DriverOptions,
): UpdateDriver => {
  const run = (agent: AgentClient, argv: readonly string[]): Promise<string> =>
    runUpdater(agent, argv, options);
  const update = (agent: AgentClient, ...words: readonly string[]): Promise<string> =>
    run(agent, [sysupdate, `--definitions=${definitions}`, ...words]);
  const listed = async (agent: AgentClient): Promise<readonly ListedEntry[]> =>
    listedIn(await run(agent, [bootctl, "list", "--json=short"]));
  return {
    kind: "ab",
    // One program writes the slot and then the entry, so that all is done when it is activated.
    stage: async () => undefined,
    activate: async (agent, release) => {
      const isInstalled = (await listed(agent)).some((one) => one.identity === release.identity);
      await withPayload(agent, release, async () => {
        // A version that is named is taken, older or not. Whether there is something newer than all that is installed is told by the
        // exit code of this alone (systemd-sysupdate(8)).
        if (!isInstalled) await update(agent, "check-new");
        await update(agent, "update", release.version ?? "");
      });
      // What a rollback chose would go before the newest.
      await run(agent, [bootctl, "set-default", ""]);
      return {};
    },
    rollBack: async (agent, { name, identity }) => {
      const entry = (await listed(agent)).find((one) => one.identity === identity);
      if (entry === undefined)
        throw new GuestError(
          "UPDATE_FAILED",
          `Expected a boot entry of release ${name} (${identity}) to go back to, but there is none`,
        );
      await run(agent, [bootctl, "set-default", entry.id]);
      return {};
    },
    version: bootedIdentity,
    // As systemd-sysupdate.service does, when its timer elapses: the newest, whatever that is.
    offer: (agent, release) => withPayload(agent, release, () => update(agent, "update")),
    canList: true,
    entries: async (agent): Promise<readonly BootEntry[]> =>
      (await listed(agent)).map(({ id: _, ...entry }) => entry),
  };
};

interface ListedEntry extends BootEntry {
  readonly id: string;
}

const listSchema = z.array(
  z.object({
    id: z.string(),
    options: z.string().optional(),
    isSelected: z.boolean().optional(),
    isDefault: z.boolean().optional(),
  }),
);

/** Entries with a root hash, from what `bootctl list --json=short` prints. */
export const listedIn = (text: string): readonly ListedEntry[] => {
  const parsed = listSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new GuestError(
      "UPDATE_FAILED",
      `Expected a JSON array of boot entries from ${bootctl}, but it printed something else`,
    );
  return parsed.data.flatMap(({ id, options = "", isSelected = false, isDefault = false }) => {
    const [, identity] = /(?:^|\s)[\w.-]*hash=([0-9a-f]{64})(?=\s|$)/.exec(options) ?? [];
    return identity === undefined
      ? []
      : [{ id, identity, isBooted: isSelected, isNext: isDefault }];
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
