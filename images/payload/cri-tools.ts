import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";

const module = "cri-tools";
const goMod = join(import.meta.dirname, module, "go.mod");

/** The release of the CRI tools that go.mod pins, as in "v1.36.0". */
export const criToolsVersion = (): string => {
  const version = /^\s*sigs\.k8s\.io\/cri-tools (v\d+\.\d+\.\d+)$/m.exec(
    readFileSync(goMod, "utf8"),
  );
  if (version?.[1] !== undefined) return version[1];
  throw new ImageError("IMAGE_BUILD", `${goMod} should require a release of sigs.k8s.io/cri-tools`);
};

// As the Makefile of cri-tools does it; unstamped both call themselves "unknown".
const stamps = (): readonly string[] => [
  `-X sigs.k8s.io/cri-tools/pkg/version.Version=${criToolsVersion()}`,
];

/** The validation suite of the CRI. Since v1.26 it has no main function: it is the test of its package. */
export const critest = (): GoProgram => ({
  module,
  package: "sigs.k8s.io/cri-tools/cmd/critest",
  name: "critest",
  build: "test",
  ldflags: stamps(),
  goCacheBytes: 2 * GiB,
});

/** Asks a runtime over the CRI, for people who look into a guest. */
export const crictl = (): GoProgram => ({
  module,
  package: "sigs.k8s.io/cri-tools/cmd/crictl",
  name: "crictl",
  ldflags: stamps(),
  goCacheBytes: 2 * GiB,
});

/** critest starts it, from the PATH, to run specs side by side; both must be of one version. */
export const ginkgo: GoProgram = {
  module,
  package: "github.com/onsi/ginkgo/v2/ginkgo",
  name: "ginkgo",
};
