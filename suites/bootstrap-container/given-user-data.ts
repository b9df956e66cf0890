import { type AgentClient, deadlineAfter, profile, unsupported } from "../../harness/index.ts";

export type BootstrapContainers = NonNullable<ReturnType<typeof profile>["bootstrapContainers"]>;
type Which = "essential" | "optional";

/** What the profile says of bootstrap containers; where it says nothing, the check ends here. */
export const bootstrapContainers = (): BootstrapContainers =>
  profile().bootstrapContainers ??
  unsupported("The profile names no bootstrap containers that take user data from credentials");

export interface GivenUserData {
  readonly program: string;
  /** Default: the image's, once. */
  readonly mode?: "once" | "always" | "off";
  /** Default: the image's. */
  readonly timeLimitSeconds?: number;
}

/** The credentials that give a machine this user data. */
export const userDataCredentials = (
  given: Readonly<Partial<Record<Which, GivenUserData>>>,
): Readonly<Record<string, string>> => {
  const expected = bootstrapContainers();
  const credentials: Record<string, string> = {};
  for (const which of ["essential", "optional"] as const) {
    const userData = given[which];
    if (userData === undefined) continue;
    const { credentialPrefix: prefix } = expected[which];
    credentials[`${prefix}.user-data`] = userData.program;
    if (userData.mode !== undefined) credentials[`${prefix}.mode`] = userData.mode;
    const limit = userData.timeLimitSeconds;
    if (limit !== undefined) credentials[`${prefix}.time-limit`] = `${limit}s`;
  }
  return credentials;
};

// Starting a container takes an emulated guest on a busy host half a minute, and there may be two.
const settleMs = 300_000;

/** Returns when neither container is still to come or runs, however they ended. */
export const settled = async (agent: AgentClient): Promise<void> => {
  const { essential, optional } = bootstrapContainers();
  const deadline = deadlineAfter(settleMs);
  await agent.waitForUnit(essential.unit, { deadline });
  await agent.waitForUnit(optional.unit, { deadline });
};
