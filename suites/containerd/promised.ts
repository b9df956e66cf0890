import { type BootedContext, profile, unsupported } from "../../harness/index.ts";
import { type DaemonFacts, daemonFacts } from "./daemon.ts";

/** What the profile says of containerd. */
export type Promised = NonNullable<BootedContext["profile"]["containerd"]>;

export const promised = (): Promised =>
  profile().containerd ??
  unsupported(
    "The profile says nothing of containerd; give the image's manifest a profile with a section `containerd`",
  );

/** The first that speaks version 1 of the CRI, which all that is asked here is in (containerd's release notes of 1.6). */
const oldest = "1.6";

/** As `promised`, where the guest's containerd is one that this suite can judge. */
export const promisedOfKnown = async (
  asked: Parameters<typeof daemonFacts>[0],
): Promise<{ readonly expected: Promised; readonly daemon: DaemonFacts }> => {
  const expected = promised();
  const daemon = await daemonFacts(asked);
  if (!isAtLeast(daemon.version, oldest)) {
    unsupported(
      `containerd ${daemon.version} is older than ${oldest}, the first that this suite can ask; it takes a newer containerd in the image`,
    );
  }
  return { expected, daemon };
};

/** Whether a version such as 1.7.24~ds1 is that of `least` or a later one. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [major, minor] = numbersOf(version);
  const [leastMajor, leastMinor] = numbersOf(least);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
};

const numbersOf = (version: string): readonly [number, number] => {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major ?? -1), Number(minor ?? -1)];
};
