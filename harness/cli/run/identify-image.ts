import { errorCodeOf, renderError } from "../../core/errors.ts";
import { type IdentifiedDisk, identifySystems } from "../../inspect/identify-systems.ts";
import type { BootFiles } from "../../machine/machine-plan.ts";
import { openRawDisk } from "../../machine/raw-disk.ts";

/**
 * What systems are on an image's disk; where that cannot be told, which is no fault of an image that boots, `unread` says why.
 * @throws {HostError} HOST_TOOL_MISSING; HOST_RESOURCE when a qcow2 image cannot be unpacked for reading.
 */
export const identifyImage = async (files: BootFiles): Promise<IdentifiedDisk> => {
  if (files.kind === "kernel") return { systems: [], partitions: [], unread: ["there is no disk"] };
  try {
    await using disk = await openRawDisk(files);
    return await identifySystems(disk.path, disk.workDir);
  } catch (error) {
    if (errorCodeOf(error) !== "IMAGE_UNUSABLE") throw error;
    return { systems: [], partitions: [], unread: [renderError(error).split("\n")[0] ?? ""] };
  }
};
