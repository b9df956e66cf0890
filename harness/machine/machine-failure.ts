import type { PatternId } from "../console/patterns.ts";
import type { BootFailure } from "../verdict/boot-failure.ts";

/** A boot failure with the row of the console's pattern table that told it, where one did. */
export interface MachineFailure extends BootFailure {
  readonly pattern?: PatternId;
}
