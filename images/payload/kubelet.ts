import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";

const goMod = join(import.meta.dirname, "kubernetes", "go.mod");

/** The release of Kubernetes that go.mod pins, as in "v1.36.3". */
const kubernetesVersion = (): string => {
  const version = /^\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)( |$)/m.exec(
    readFileSync(goMod, "utf8"),
  );
  if (version?.[1] !== undefined) return version[1];
  throw new ImageError("IMAGE_BUILD", `${goMod} should require a release of k8s.io/kubernetes`);
};

/** A real kubelet. Unstamped it would call itself v0.0.0-master. */
export const kubelet = (): GoProgram => ({
  module: "kubernetes",
  package: "k8s.io/kubernetes/cmd/kubelet",
  name: "kubelet",
  ldflags: stamps(kubernetesVersion()),
  goCacheBytes: 4 * GiB,
});

// The variables that Kubernetes' own build sets (hack/lib/version.sh); of the commit the module says nothing.
const stamps = (version: string): readonly string[] => {
  const [major = "", minor = ""] = version.slice(1).split(".");
  const values = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "archive",
    gitCommit: "",
  };
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((place) =>
    Object.entries(values).map(([name, value]) => `-X ${place}.${name}=${value}`),
  );
};
