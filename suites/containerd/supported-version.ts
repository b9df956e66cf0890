import { unsupported } from "../../harness/index.ts";

/**
 * The first that speaks version 1 of the CRI, in which runtime-probe and critest ask
 * (https://github.com/containerd/containerd/releases/tag/v1.6.0).
 */
const oldest = "1.6";

/** The check ends here where this suite cannot ask a containerd of this version, as in `1.7.24~ds1`. @param suite that it is asked for */
export const requireSupported = (version: string, suite = "containerd"): void => {
  if (numbersOf(version) === undefined) {
    unsupported(
      `containerd calls its version ${JSON.stringify(version)}, which cannot be compared with ${oldest}, the oldest that this suite can ask: build it with its version, or leave suite ${suite} out`,
    );
  }
  if (!isAtLeast(version, oldest)) {
    unsupported(
      `The image has containerd ${version}, and this suite can ask ${oldest} and later, the first with version 1 of the CRI: put a newer containerd into the image, or leave suite ${suite} out`,
    );
  }
};

/** Whether a version such as 1.7.24~ds1 is that of `least` or a later one. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [major, minor] = numbersOf(version) ?? [-1, -1];
  const [leastMajor, leastMinor] = numbersOf(least) ?? [0, 0];
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
};

const numbersOf = (version: string): readonly [number, number] | undefined => {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
};
