// The key `agent` of a manifest.
import { z } from "zod";
import { diskSerial, guestPath, partitionName, reject } from "./field-schemas.ts";
import { type AgentNeeds, type EtcLayer, injectionStrategies } from "./schema.ts";

/** debugfs is given this path as a word of a command. */
const plainPath = guestPath.refine(
  (path) => /^[\w./@%+=:,-]+$/.test(path),
  "expected a path of letters, digits and . / @ % + = : , _ -",
);

const etcLayer: z.ZodType<EtcLayer> = z
  .strictObject({
    disk: diskSerial.optional(),
    partition: partitionName.optional(),
    directory: plainPath.or(z.literal("detect")),
  })
  .transform(({ disk, partition, directory }, context): EtcLayer => {
    if (disk !== undefined && partition === undefined) {
      if (directory === "detect") {
        return reject(context, "a disk is blank, so nothing is detected on it", ["directory"]);
      }
      return { on: { kind: "disk", serial: disk }, directory };
    }
    if (partition !== undefined && disk === undefined) {
      return { on: { kind: "partition", partition }, directory };
    }
    return reject(context, "expected one of disk, partition");
  });

export const agentNeeds: z.ZodType<AgentNeeds> = z
  .strictObject({
    injection: z.array(z.enum(injectionStrategies)).max(8).default(["credentials"]),
    etcLayer: etcLayer.exactOptional(),
  })
  .superRefine(({ injection, etcLayer }, context) => {
    if (injection.includes("etc-unit") && etcLayer === undefined) {
      reject(context, "is missing: etc-unit needs to know where the writable layer of /etc lies", [
        "etcLayer",
      ]);
    }
  });
