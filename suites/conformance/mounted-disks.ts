import { type AgentClient, errnoOf, fail, unsupported, virtioDisks } from "../../harness/index.ts";

/** The serial of the disk with critest, ginkgo, the specs' images and their registry, and where it is mounted. */
export const payload: { readonly serial: string; readonly path: string } = {
  serial: "payload",
  path: "/run/bootwright/payload",
};

/** The serial of the disk that reports are written to. */
export const results: {
  readonly serial: string;
  readonly path: string;
  readonly sizeMiB: number;
} = { serial: "results", path: "/run/bootwright/results", sizeMiB: 64 };

/** What a program of specs is started with: the node's own programs come first, and what it writes goes to the reports. */
export const specEnvironment: {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
} = {
  env: {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${payload.path}/bin`,
    HOME: results.path,
    TMPDIR: results.path,
  },
  cwd: results.path,
};

/**
 * @param more read-only disks beside the two.
 * @returns the device of the disk for reports, as in `/dev/vdc`
 */
export const mountDisks = async (
  agent: AgentClient,
  more: readonly { readonly serial: string; readonly path: string }[] = [],
): Promise<string> => {
  const devices = await virtioDisks(agent);
  for (const { serial, path, options } of [
    ...[payload, ...more].map((disk) => ({ ...disk, options: ["ro", "nodev"] })),
    { ...results, options: ["nodev", "nosuid"] },
  ]) {
    const source = devices.get(serial);
    if (source === undefined) {
      const seen = [...devices.keys()].join(", ");
      fail(`The guest has no disk with the serial ${serial}; it has ${seen || "none with one"}`);
    } else {
      await agent.mount({ source, target: path, type: "ext4", options }).catch((error: unknown) => {
        if (errnoOf(error) !== "ENODEV") throw error;
        unsupported("The guest's kernel has no ext4, which the payload's disks are formatted with");
      });
    }
  }
  return devices.get(results.serial) ?? fail("The guest has no disk for reports");
};
