import { profile, unsupported } from "../../harness/index.ts";

type Access = NonNullable<ReturnType<typeof profile>["access"]>;

/** What the profile says of who may get in and what may run. */
export const expected: Access | undefined = profile().access;

/** The same for the checks that nobody logs in; they end as `unsupported` where the profile does not say so. */
export const closed = (): Access => {
  if (expected === undefined) return unsupported("The profile says nothing of access");
  return expected.isClosed ? expected : unsupported("The profile lets people log in");
};
