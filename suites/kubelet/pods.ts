// The pods of the standalone trial. All of them start at once: what they show in common is waited for once.
import { workloadImage } from "../node-runtime/import-workload.ts";

type Fields = Readonly<Record<string, unknown>>;

const container = (name: string, args: readonly string[], more: Fields = {}): Fields => ({
  name,
  image: workloadImage,
  imagePullPolicy: "Never",
  args,
  ...more,
});

const pod = (name: string, spec: Fields): Fields => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "bootwright" },
  spec: {
    hostNetwork: true,
    dnsPolicy: "Default",
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    ...spec,
  },
});

const everySecond = { periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 1 };
// A program in a container takes an emulated machine half a second of one core.
const sometimes = { periodSeconds: 4, timeoutSeconds: 20, failureThreshold: 1 };
const absent = { exec: { command: ["/workload", "absent", "/tmp/unhealthy"] } };

/** Its limits, in the words of the manifest and in those of the kernel. */
export const canaryLimits = {
  memory: "64Mi",
  memoryMax: "67108864",
  cpu: "500m",
  cpuMax: "50000 100000",
};

export const canaryPort = 8080;
const livePort = 18_080;

/** Of the pod `ending`: what it is granted, and how long one of its containers goes on when it is told to end. */
// Far enough apart that a slow machine, where a signal comes seconds late, does not take one for the other.
export const grace = { grantedSeconds: 9, endsAfterSeconds: 6 };

/** Where in containers and on the host pods report what became of them. */
export const reports = "/run/bootwright-kubelet-reports";

/** How long `departing` goes on when the node shuts down. */
export const departsAfterSeconds = 3;

/** A container that reports what becomes of it, and its volume. */
const reporting = (name: string, report: string, endsAfterSeconds: number): Fields =>
  container(
    name,
    ["wait", "-end-after", `${endsAfterSeconds}s`, "-report", `${reports}/${report}`],
    {
      volumeMounts: [{ name: "reports", mountPath: reports }],
    },
  );

const reportsVolume = { name: "reports", hostPath: { path: reports, type: "DirectoryOrCreate" } };

const shared = { volumeMounts: [{ name: "shared", mountPath: "/shared" }] };

export const podManifests: Readonly<Record<string, Fields>> = {
  canary: pod("canary", {
    hostNetwork: false,
    containers: [
      container("canary", ["serve", `:${canaryPort}`], {
        readinessProbe: { httpGet: { path: "/healthz", port: canaryPort }, ...everySecond },
        resources: { limits: { memory: canaryLimits.memory, cpu: canaryLimits.cpu } },
      }),
    ],
  }),
  probed: pod("probed", {
    initContainers: [
      container("first", ["write", "/shared/first", "made by first"], shared),
      container("second", ["cat", "/shared/first"], shared),
    ],
    containers: [
      container("live", ["serve", `127.0.0.1:${livePort}`], {
        livenessProbe: {
          httpGet: { host: "127.0.0.1", path: "/healthz", port: livePort },
          ...everySecond,
        },
      }),
      container("ready", ["wait"], { readinessProbe: { ...absent, ...sometimes } }),
    ],
    volumes: [{ name: "shared", emptyDir: {} }],
  }),
  ending: pod("ending", {
    terminationGracePeriodSeconds: grace.grantedSeconds,
    containers: [
      reporting("graceful", "graceful", grace.endsAfterSeconds),
      reporting("stubborn", "stubborn", 600),
    ],
    volumes: [reportsVolume],
  }),
  departing: pod("departing", {
    terminationGracePeriodSeconds: 20,
    containers: [
      reporting("main", "departing", departsAfterSeconds),
      container("never", ["wait"], { image: "registry.invalid/bootwright/absent:1" }),
    ],
    volumes: [reportsVolume],
  }),
};
