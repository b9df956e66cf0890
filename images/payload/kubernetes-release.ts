import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";

/**
 * What the linker must be told so that a program of Kubernetes knows its version: unstamped it would call itself
 * v0.0.0-master.
 * @param module the module's folder, from images/payload; its go.mod pins the release.
 */
export const releaseStamps = (module: string): readonly string[] =>
  stamps(kubernetesVersion(join(import.meta.dirname, module, "go.mod")));

/** As in "v1.36.3". */
const kubernetesVersion = (goMod: string): string => {
  const version = /^(?:require)?\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)( |$)/m.exec(
    readFileSync(goMod, "utf8"),
  );
  if (version?.[1] !== undefined) return version[1];
  throw new ImageError("IMAGE_BUILD", `${goMod} should require a release of k8s.io/kubernetes`);
};

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
