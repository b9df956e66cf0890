import { z } from "zod";
import { guestPath, oneLine, unitName } from "../field-schemas.ts";

/** What the bootstrap-container suite expects. User data comes to the image as systemd credentials. */
export interface BootstrapContainers {
  /** The container whose failure stops the boot. */
  readonly essential: BootstrapContainer;
  /** The one whose failure does not. */
  readonly optional: BootstrapContainer;
  /** Units that run the containers of others: none of them starts before user data has ended. */
  readonly workloadUnits: readonly string[];
  /** The unit of the container runtime, which runs only while such a container does. */
  readonly runtimeUnit: string;
  /** Directories of the host that user data writes, the first of them with its reports. */
  readonly volumes: readonly [string, ...string[]];
  /** Files in these directories of which it has copies of its own. */
  readonly ownFiles: readonly string[];
  /** Directories of the host that it cannot write. */
  readonly readOnly: readonly string[];
  /** What a console line says of a failure. */
  readonly failures: BootstrapFailures;
}

export interface BootstrapContainer {
  readonly unit: string;
  /** Of its credentials `PREFIX.user-data`, `PREFIX.mode` (once, always, off) and `PREFIX.time-limit` (as in 90s). */
  readonly credentialPrefix: string;
}

export interface BootstrapFailures {
  /** `%s` stands for the exit status. */
  readonly exitStatus: string;
  readonly timeLimit: string;
}

const container: z.ZodType<BootstrapContainer> = z.strictObject({
  unit: unitName,
  credentialPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, "expected the first part of a credential's name"),
});

const paths = z.array(guestPath).max(50);

export const bootstrapContainersSchema: z.ZodType<BootstrapContainers> = z.strictObject({
  essential: container,
  optional: container,
  workloadUnits: z.array(unitName).min(1).max(50),
  runtimeUnit: unitName,
  volumes: z.tuple([guestPath], guestPath),
  ownFiles: paths,
  readOnly: paths.min(1),
  failures: z.strictObject({
    exitStatus: oneLine.refine((text) => text.includes("%s"), "expected %s for the exit status"),
    timeLimit: oneLine,
  }),
});
