import type { AgentClient } from "../agent/agent-client.ts";
import { errnoOf } from "../agent/errno-of.ts";
import { virtioDisks } from "../agent/virtio-disks.ts";
import { GuestError } from "../core/errors.ts";
import type { Release } from "./driver.ts";

/** The serial that the disk with a release's payload has by default, and where it is mounted in the guest. */
export const payloadDisk: { readonly serial: string; readonly path: string } = {
  serial: "update",
  path: "/run/update",
};

/**
 * Mounts the payload of a release in the guest for as long as an act takes. Whatever the act mounted or still has open there
 * keeps it mounted: it is read-only, and powering off ends it.
 * @throws {GuestError} UPDATE_FAILED when the machine has no such disk.
 */
export const withPayload = async <T>(
  agent: AgentClient,
  { name, payloadSerial: serial = payloadDisk.serial }: Pick<Release, "name" | "payloadSerial">,
  act: (directory: string) => Promise<T>,
): Promise<T> => {
  const { path } = payloadDisk;
  const devices = await virtioDisks(agent);
  const source = devices.get(serial);
  if (source === undefined) {
    const seen = [...devices.keys()].join(", ") || "none with one";
    throw new GuestError(
      "UPDATE_FAILED",
      `Expected a disk with the serial ${serial}, the payload of release ${name}, but the guest has ${seen}`,
      { hint: "Attach the payload of the release to the machine" },
    );
  }
  await agent.mount({ source, target: path, type: "ext4", options: ["ro", "nodev", "nosuid"] });
  try {
    return await act(path);
  } finally {
    await agent.unmount(path).catch((error: unknown) => {
      if (errnoOf(error) !== "EBUSY" && !agent.isLost) throw error;
    });
  }
};
