// Deployments of OSTree. A payload has a repository with the whole commit, so nothing is fetched. The order of the deployments is
// that of the boot menu, of which the loader starts the first: ostree-admin-status(1), ostree-admin-set-default(1).
import type { StatedDriver } from "../../images/profile/upgrade.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import { GuestError } from "../core/errors.ts";
import { bootedIdentity } from "./booted-identity.ts";
import type { BootEntry, DriverOptions, UpdateDriver } from "./driver.ts";
import { withPayload } from "./payload-mount.ts";
import { runUpdater } from "./run-updater.ts";

const ostree = "/usr/bin/ostree";
const rpmOstree = "/usr/bin/rpm-ostree";

export const ostreeDriver = (
  { os, ref }: Extract<StatedDriver, { kind: "ostree" }>,
  options: DriverOptions,
): UpdateDriver => {
  const run = (agent: AgentClient, argv: readonly string[]): Promise<string> =>
    runUpdater(agent, argv, options);
  const entries = async (agent: AgentClient): Promise<readonly BootEntry[]> =>
    entriesIn(await run(agent, [ostree, "admin", "status"]), os);
  return {
    kind: "ostree",
    stage: (agent, release) =>
      withPayload(agent, release, async (directory) => {
        // Objects of a local repository are taken as they are, unless they are said to be untrusted.
        await run(agent, [ostree, "pull-local", "--untrusted", `${directory}/repo`, ref]);
        // Nothing is pulled once more, as the branch has no remote: of an upgrade only the check is left that the commit is not older.
        if (!(await agent.exists(rpmOstree)))
          await run(agent, [ostree, "admin", "upgrade", `--os=${os}`, "--pull-only"]);
      }),
    activate: async (agent, { identity, kernelArguments }) => {
      // What rpm-ostree layers on a commit stays only if it makes the deployment; a refspec without a remote begins with a colon.
      const argv = (await agent.exists(rpmOstree))
        ? [rpmOstree, "rebase", `:${ref}`, identity]
        : [ostree, "admin", "deploy", `--os=${os}`, ...argumentsFor(kernelArguments), ref];
      await run(agent, argv);
      return {};
    },
    rollBack: async (agent, { name, identity }) => {
      const listed = await entries(agent);
      const index = listed.findIndex((entry) => entry.identity === identity);
      if (index < 0) throw notListed(name, identity, listed);
      await run(agent, [ostree, "admin", "set-default", String(index)]);
      return {};
    },
    version: bootedIdentity,
    canList: true,
    entries,
  };
};

/** A commit says nothing of the kernel's arguments: without these a deployment gets those of the one before it. */
const argumentsFor = (kernelArguments: readonly string[] | undefined): readonly string[] =>
  kernelArguments === undefined
    ? []
    : ["--karg-none", ...kernelArguments.map((argument) => `--karg-append=${argument}`)];

const notListed = (name: string, identity: string, listed: readonly BootEntry[]): GuestError =>
  new GuestError(
    "UPDATE_FAILED",
    `Expected a deployment of release ${name} (${identity}) to go back to, but there are only ${listed.map((one) => one.identity).join(", ") || "none"}`,
  );

/** As in `* node 5ac1….0` for the one that runs; what follows a deployment's line is set in further. */
const deploymentLine = /^([* ]) (\S+) ([0-9a-f]{64})\.\d+(?: .*)?$/;

/** What `ostree admin status` lists for an OS. */
export const entriesIn = (status: string, os: string): readonly BootEntry[] => {
  const lines = status.split("\n").flatMap((line) => {
    const [, mark, name, identity] = deploymentLine.exec(line) ?? [];
    return identity === undefined ? [] : [{ mark, name, identity }];
  });
  return lines
    .map(({ mark, name, identity }, index) => ({
      ...{ name, identity },
      isBooted: mark === "*",
      isNext: index === 0,
    }))
    .filter(({ name }) => name === os)
    .map(({ name: _, ...entry }) => entry);
};
