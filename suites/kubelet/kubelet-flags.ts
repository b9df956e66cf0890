// A kubelet's flags win over its configuration. Which flag is for which field: AddKubeletConfigFlags in
// cmd/kubelet/app/options/options.go of Kubernetes 1.36; older releases have the same ones.

/** A field of a KubeletConfiguration that trials give. */
type ConfigField =
  | "address"
  | "authentication"
  | "authorization"
  | "cgroupRoot"
  | "enableServer"
  | "evictionHard"
  | "evictionPressureTransitionPeriod"
  | "fileCheckFrequency"
  | "nodeStatusReportFrequency"
  | "nodeStatusUpdateFrequency"
  | "podCIDR"
  | "port"
  | "readOnlyPort"
  | "registerNode"
  | "registerWithTaints"
  | "rotateCertificates"
  | "serializeImagePulls"
  | "serverTLSBootstrap"
  | "shutdownGracePeriod"
  | "shutdownGracePeriodCriticalPods"
  | "staticPodPath"
  | "staticPodURL"
  | "syncFrequency"
  | "volumeStatsAggPeriod";

/** Fields of a KubeletConfiguration, of which it is known which flags would win over them. */
export type ConfigFields = Readonly<Partial<Record<ConfigField, unknown>>>;

/** The flags that would win over each. */
const flagsOfField: Readonly<Record<ConfigField, readonly string[]>> = {
  address: ["address"],
  authentication: [
    "anonymous-auth",
    "authentication-token-webhook",
    "authentication-token-webhook-cache-ttl",
    "client-ca-file",
  ],
  authorization: [
    "authorization-mode",
    "authorization-webhook-cache-authorized-ttl",
    "authorization-webhook-cache-unauthorized-ttl",
  ],
  cgroupRoot: ["cgroup-root"],
  enableServer: ["enable-server"],
  evictionHard: ["eviction-hard"],
  evictionPressureTransitionPeriod: ["eviction-pressure-transition-period"],
  fileCheckFrequency: ["file-check-frequency"],
  nodeStatusReportFrequency: [],
  nodeStatusUpdateFrequency: ["node-status-update-frequency"],
  podCIDR: ["pod-cidr"],
  port: ["port"],
  readOnlyPort: ["read-only-port"],
  registerNode: ["register-node"],
  registerWithTaints: ["register-with-taints"],
  rotateCertificates: ["rotate-certificates"],
  serializeImagePulls: ["serialize-image-pulls"],
  serverTLSBootstrap: ["rotate-server-certificates"],
  shutdownGracePeriod: [],
  shutdownGracePeriodCriticalPods: [],
  staticPodPath: ["pod-manifest-path"],
  staticPodURL: ["manifest-url", "manifest-url-header"],
  syncFrequency: ["sync-frequency"],
  volumeStatsAggPeriod: ["volume-stats-agg-period"],
};

/** Those of them that are switches: what follows them is never their value, but the next argument. */
const switches: ReadonlySet<string> = new Set([
  "anonymous-auth",
  "authentication-token-webhook",
  "enable-server",
  "register-node",
  "rotate-certificates",
  "rotate-server-certificates",
  "serialize-image-pulls",
]);

/** The value of `--NAME=VALUE` or `--NAME VALUE`; of several the last one counts. */
export const flagOf = (given: readonly string[], name: string): string | undefined => {
  const index = given.findLastIndex((one) => nameOf(one) === name);
  const found = given[index];
  if (found === undefined) return undefined;
  const at = found.indexOf("=");
  return at < 0 ? given[index + 1] : found.slice(at + 1);
};

/**
 * A kubelet's arguments with which these fields of its configuration count: without flags that would win over them.
 * @param flags by their names without dashes; they take the place of those of the same name, and stand at the end.
 * @param without names of flags that are left out.
 */
export const kubeletArguments = (
  given: readonly string[],
  fields: ConfigFields,
  {
    flags,
    without,
  }: { readonly flags: Readonly<Record<string, string>>; readonly without: readonly string[] },
): readonly string[] => {
  const won = Object.entries(flagsOfField).flatMap(([field, names]) =>
    field in fields ? names : [],
  );
  const dropped = new Set([...Object.keys(flags), ...without, ...won]);
  const kept: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] ?? "";
    const name = nameOf(argument);
    if (name === undefined || !dropped.has(name)) kept.push(argument);
    else if (!argument.includes("=") && !switches.has(name)) index += 1;
  }
  return [...kept, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
};

/** Of a flag in either form; kubelets take `_` for `-` (cliflag.WordSepNormalizeFunc). Undefined for what is none. */
const nameOf = (argument: string): string | undefined =>
  /^--([^=]+)/.exec(argument)?.[1]?.replaceAll("_", "-");
