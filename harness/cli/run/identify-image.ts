import { errorCodeOf } from "../../core/errors.ts";
import { identifySystem, type SystemIdentity } from "../../inspect/identify-system.ts";
import type { BootFiles } from "../../machine/machine-plan.ts";
import { openRawDisk } from "../../machine/raw-disk.ts";

/**
 * What system is on an image's disk; undefined when that cannot be told, which is no fault of an image that boots.
 * @throws {HostError} HOST_TOOL_MISSING; HOST_RESOURCE when a qcow2 image cannot be unpacked for reading.
 */
export const identifyImage = async (files: BootFiles): Promise<SystemIdentity | undefined> => {
  if (files.kind === "kernel") return undefined;
  try {
    await using disk = await openRawDisk(files);
    return await identifySystem(disk.path, disk.workDir);
  } catch (error) {
    if (errorCodeOf(error) === "IMAGE_UNUSABLE") return undefined;
    throw error;
  }
};
