import { z } from "zod";
import { regexText, unitName } from "../field-schemas.ts";

/** What the kubelet suite expects of the node's own kubelet; a profile's section `kubelet`. */
export interface Kubelet {
  readonly unit: string;
  /** The unit of its container runtime. */
  readonly runtimeUnit: string;
  /** The port of 127.0.0.1 where it tells its health. */
  readonly healthPort: number;
  /** What it calls itself, as in v1.36.3; a regular expression. */
  readonly version: string;
  /** Containers that it runs as shipped, by their names in their pods. Default none. */
  readonly containers: readonly string[];
}

const containerName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "expected the name of a container");

export const kubeletSchema: z.ZodType<Kubelet> = z.strictObject({
  unit: unitName,
  runtimeUnit: unitName,
  healthPort: z.int().min(1).max(65_535),
  version: regexText,
  containers: z.array(containerName).max(100).default([]),
});
