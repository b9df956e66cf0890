import { type BootedContext, profile, unsupported } from "../../harness/index.ts";
import { type DaemonFacts, daemonFacts } from "./daemon.ts";
import { requireSupported } from "./supported-version.ts";

/** What the profile says of containerd. */
export type Promised = NonNullable<BootedContext["profile"]["containerd"]>;

export const promised = (): Promised =>
  profile().containerd ??
  unsupported(
    "The profile says nothing of containerd; give the image's manifest a profile with a section `containerd`",
  );

/** As `promised`, where the guest's containerd is one that this suite can judge. */
export const promisedOfKnown = async (
  asked: Parameters<typeof daemonFacts>[0],
): Promise<{ readonly expected: Promised; readonly daemon: DaemonFacts }> => {
  const expected = promised();
  const daemon = await daemonFacts(asked);
  requireSupported(daemon.version);
  return { expected, daemon };
};
