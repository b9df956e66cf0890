// The pods of the standalone trial. All of them start at once: what they show in common is waited for once.
import { workloadImage } from "./import-workload.ts";

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

/** How long `graceful` goes on when it is told to end, and what each of the two is granted. */
export const grace = { endsAfterSeconds: 3, grantedSeconds: 30, stubbornSeconds: 2 };

/** Where in containers and on the host pods report what became of them. */
export const reports = "/run/bootwright-kubelet-reports";

/** How long `departing` goes on when the node shuts down. */
export const departsAfterSeconds = 3;

const reporting = (name: string, endsAfterSeconds: number): Fields => ({
  containers: [
    container(
      "main",
      ["wait", "-end-after", `${endsAfterSeconds}s`, "-report", `${reports}/${name}`],
      { volumeMounts: [{ name: "reports", mountPath: reports }] },
    ),
  ],
  volumes: [{ name: "reports", hostPath: { path: reports, type: "DirectoryOrCreate" } }],
});

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
    containers: [
      container("live-http", ["serve", `127.0.0.1:${livePort}`], {
        livenessProbe: {
          httpGet: { host: "127.0.0.1", path: "/healthz", port: livePort },
          ...everySecond,
        },
      }),
      container("live-exec", ["wait"], { livenessProbe: { ...absent, ...sometimes } }),
      container("ready-exec", ["wait"], { readinessProbe: { ...absent, ...sometimes } }),
    ],
  }),
  ordered: pod("ordered", {
    initContainers: [
      container("first", ["write", "/shared/first", "made by first"], shared()),
      container("second", ["cat", "/shared/first", "/shared/main"], shared()),
    ],
    containers: [container("main", ["wait", "-report", "/shared/main"], shared())],
    volumes: [{ name: "shared", emptyDir: {} }],
  }),
  "bad-image": pod("bad-image", {
    containers: [
      container("never", ["wait"], { image: "registry.invalid/bootwright/absent:1" }),
      container("good", ["wait"]),
    ],
  }),
  graceful: pod("graceful", {
    terminationGracePeriodSeconds: grace.grantedSeconds,
    ...reporting("graceful", grace.endsAfterSeconds),
  }),
  stubborn: pod("stubborn", {
    terminationGracePeriodSeconds: grace.stubbornSeconds,
    ...reporting("stubborn", 600),
  }),
  departing: pod("departing", {
    terminationGracePeriodSeconds: 20,
    ...reporting("departing", departsAfterSeconds),
  }),
};

function shared(): Fields {
  return { volumeMounts: [{ name: "shared", mountPath: "/shared" }] };
}

export type PodName = keyof typeof podManifests;
