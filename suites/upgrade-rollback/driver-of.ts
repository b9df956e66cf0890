import {
  manifest,
  type profile,
  type TrialTools,
  type UpdateDriver,
  type UpdaterRun,
  updateDriver,
} from "../../harness/index.ts";

export type StatedDriver = NonNullable<ReturnType<typeof profile>["upgrade"]>["drivers"][number];

/** The driver that the profile states, on the host of this run. */
export const driverOf = (
  stated: StatedDriver,
  { slowness }: Pick<TrialTools, "slowness">,
  onRun?: (run: UpdaterRun) => void,
): UpdateDriver =>
  updateDriver(stated, {
    ...{ updateCommands: manifest().updateCommands, slowness },
    ...(onRun === undefined ? {} : { onRun }),
  });
