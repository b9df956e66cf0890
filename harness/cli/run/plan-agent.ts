import type { EtcLayer, ImageManifest } from "../../../images/schema.ts";
import type { Toolchain } from "../../../qemu/toolchain.ts";
import { buildAgent } from "../../agent/build-agent.ts";
import type { AgentTransport } from "../../agent/injection/agent-units.ts";
import type { EtcPlace } from "../../agent/injection/etc-unit.ts";
import { ConfigError } from "../../core/errors.ts";
import { buildAgentDisk } from "../../machine/agent-disk.ts";
import { findPartition } from "../../machine/find-partition.ts";
import { imagePartitions } from "../../machine/image-partitions.ts";
import type { AgentPlan, BootFiles } from "../../machine/machine-plan.ts";
import type { ChosenInjection } from "./choose-injection.ts";

/**
 * Gets ready what the chosen way in needs: the agent's disk, and the place for its units.
 * @throws {ImageError} IMAGE_UNUSABLE when the image has no partition of the name in the manifest.
 */
export const planAgent = async (
  chosen: ChosenInjection,
  context: {
    readonly manifest: ImageManifest;
    readonly files: BootFiles;
    readonly transport: AgentTransport;
    readonly toolchain: Toolchain;
  },
): Promise<AgentPlan> => {
  const { transport } = context;
  switch (chosen.strategy) {
    case "none":
      return { kind: "none", reason: chosen.reason };
    case "builtin":
      return { kind: "builtin", transport };
    case "credentials":
      return { kind: "credentials", transport, diskPath: await buildAgentDisk(await buildAgent()) };
    case "etc-unit": {
      const place = await etcPlace(context);
      return {
        kind: "etc-unit",
        transport,
        diskPath: await buildAgentDisk(await buildAgent()),
        place,
      };
    }
  }
};

const etcPlace = async ({
  manifest,
  files,
  toolchain,
}: {
  readonly manifest: ImageManifest;
  readonly files: BootFiles;
  readonly toolchain: Toolchain;
}): Promise<EtcPlace> => {
  const { on, directory }: EtcLayer = manifest.agent.etcLayer ?? lacking(manifest.name);
  if (on.kind === "disk") return { kind: "disk", serial: on.serial, directory };
  if (files.kind === "kernel") return lacking(manifest.name);
  const table = await imagePartitions(files, toolchain);
  const { index, label, startByte, sizeBytes } = findPartition(table, on.partition, files.path);
  return { kind: "partition", index, label, startByte, sizeBytes, directory };
};

const lacking = (name: string): never => {
  throw new ConfigError(`The manifest of ${name} names no place that etc-unit could write to`, {
    hint: "Name a disk of the manifest, or a partition of the system disk, in agent.etcLayer",
  });
};
