import { agnhost } from "../agnhost.ts";
import type { GoProgram } from "../go-program.ts";

/** Serves the images of the conformance disk inside the guest, on a loopback address. */
export const registry: GoProgram = { module: "registry", package: ".", name: "registry" };

const testImages = (name: string): GoProgram => ({
  module: "test-images",
  package: `./${name}`,
  name,
});

/** Stands in for nginx and httpd. */
export const webServer: GoProgram = testImages("web-server");

/** Says as whom it runs. */
export const noNewPrivs: GoProgram = testImages("nonewprivs");

/** Finds processes by name; Debian's busybox does not. */
export const pgrep: GoProgram = testImages("pgrep");

/** Lists shared memory; Debian's busybox does not. */
export const ipcs: GoProgram = testImages("ipcs");

/** Fetches one address; Debian's busybox has only wget, whose options are others. */
export const curl: GoProgram = testImages("curl");

/** Sends a datagram and prints the answer; Debian's busybox has an nc for TCP alone. */
export const nc: GoProgram = testImages("nc");

/** Runs busybox' shell, or bash where busybox' would drop a variable. */
export const shell: GoProgram = testImages("sh");

/** Beside `pause`, what our test images are made of. */
export const testImagePrograms: readonly GoProgram[] = [
  webServer,
  noNewPrivs,
  pgrep,
  ipcs,
  curl,
  nc,
  shell,
  agnhost,
];

/** What critest itself starts on the node; a node without a shell has none of it. */
export const nodePrograms: readonly GoProgram[] = ["ipcmk", "sleep", "sudo"].map(testImages);
