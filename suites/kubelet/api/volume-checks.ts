// One pod has all volumes; each check looks at one of them in the container.
import type { V1Secret } from "@kubernetes/client-node";
import { z } from "zod";
import { expect, fail } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, namespace } from "./cluster.ts";
import { once } from "./once.ts";
import { parsed } from "./pod-streams.ts";

const settings = "settings";
const secret = "secret";
const user = 4711;
const group = 4712;
const shared = 4713;

const changing = (word: string): V1Secret => ({
  metadata: { name: "changing" },
  stringData: { word },
});

/** The pod with all volumes, once it is ready. */
const volumesPod = once(async (cluster) => {
  const { core } = cluster.client;
  await core.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: settings }, data: { colour: "blue", "a.conf": "one\ntwo\n" } },
  });
  await core.createNamespacedSecret({
    namespace,
    body: { metadata: { name: secret }, stringData: { word: "open sesame" } },
  });
  await core.createNamespacedSecret({ namespace, body: changing("first") });
  const mounts = ["settings", "secret", "projected", "downward", "memory", "disk", "changing"];
  return await cluster.ready("volumes", {
    serviceAccountName: "default",
    securityContext: { runAsUser: user, runAsGroup: group, fsGroup: shared },
    containers: [
      container(["wait"], {
        env: [
          {
            name: "COLOUR",
            valueFrom: { configMapKeyRef: { name: settings, key: "colour" } },
          },
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
        envFrom: [{ prefix: "SECRET_", secretRef: { name: secret } }],
        resources: { requests: { memory: "16Mi" }, limits: { memory: "48Mi" } },
        volumeMounts: mounts.map((name) => ({ name, mountPath: `/volumes/${name}` })),
      }),
    ],
    volumes: [
      { name: "settings", configMap: { name: settings, defaultMode: 0o440 } },
      { name: "secret", secret: { secretName: secret } },
      { name: "changing", secret: { secretName: "changing" } },
      { name: "projected", projected: { sources: projectedSources } },
      { name: "downward", downwardAPI: { items: downwardItems } },
      { name: "memory", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
      { name: "disk", emptyDir: {} },
    ],
  });
});

const projectedSources = [
  { configMap: { name: settings, items: [{ key: "colour", path: "config/colour" }] } },
  { secret: { name: secret, items: [{ key: "word", path: "secret/word" }] } },
  { serviceAccountToken: { path: "token", expirationSeconds: 600, audience: "bootwright" } },
];

const downwardItems = [
  { path: "name", fieldRef: { fieldPath: "metadata.name" } },
  { path: "labels", fieldRef: { fieldPath: "metadata.labels" } },
  {
    path: "memory",
    resourceFieldRef: { containerName: "main", resource: "limits.memory", divisor: "1Mi" },
  },
];

const status = z.object({
  uid: z.number(),
  gid: z.number(),
  groups: z.array(z.number()),
  environment: z.array(z.string()),
});

const statusIn = async (cluster: Cluster): Promise<z.infer<typeof status>> => {
  await volumesPod(cluster);
  const { code, stdout, stderr } = await cluster.exec("volumes", ["status"]);
  if (code !== 0) return fail(`status in the container ended with ${code}: ${stderr}`);
  return parsed(stdout, status);
};

const filesIn = async (
  cluster: Cluster,
  volume: string,
  ...names: readonly string[]
): Promise<readonly (string | undefined)[]> => {
  await volumesPod(cluster);
  const paths = names.map((name) => `/volumes/${volume}/${name}`);
  const found = await cluster.cat("volumes", ...paths);
  return paths.map((path) => found[path]);
};

apiCheck(
  "kubelet/api/environment",
  { title: "A container's environment has what config map, secret and pod say" },
  async ({ cluster, evidence }) => {
    const { environment } = await statusIn(cluster);
    evidence("environment", environment.join("\n"));
    expect(environment).toEqual(
      expect.arrayContaining(["COLOUR=blue", "SECRET_word=open sesame", "POD_NAME=volumes"]),
    );
  },
);

apiCheck(
  "kubelet/api/config-map-volume",
  { title: "A volume of a config map has a file a key, with its content" },
  async ({ cluster }) => {
    expect(await filesIn(cluster, "settings", "colour", "a.conf", "none")).toEqual([
      "blue",
      "one\ntwo\n",
      undefined,
    ]);
  },
);

apiCheck(
  "kubelet/api/secret-volume",
  { title: "A volume of a secret has its content, and is in memory" },
  async ({ cluster }) => {
    expect(await filesIn(cluster, "secret", "word")).toEqual(["open sesame"]);
    const { "/proc/mounts": mounts = "" } = await cluster.cat("volumes", "/proc/mounts");
    expect(mounts).toMatch(/^tmpfs \/volumes\/secret tmpfs ro,/m);
  },
);

apiCheck(
  "kubelet/api/projected-volume",
  {
    title: "A projected volume has its sources together, with a token that the API server believes",
  },
  async ({ cluster, evidence }) => {
    const [colour, word, token = ""] = await filesIn(
      cluster,
      "projected",
      ...["config/colour", "secret/word", "token"],
    );
    expect([colour, word]).toEqual(["blue", "open sesame"]);
    const { status: review } = await cluster.client.authentication.createTokenReview({
      body: { spec: { token, audiences: ["bootwright"] } },
    });
    evidence("token", JSON.stringify(review));
    expect(review).toMatchObject({
      authenticated: true,
      user: {
        username: `system:serviceaccount:${namespace}:default`,
        extra: { "authentication.kubernetes.io/pod-name": ["volumes"] },
      },
    });
  },
);

apiCheck(
  "kubelet/api/downward-volume",
  { title: "A downward volume tells a container what the API server says of its pod" },
  async ({ cluster }) => {
    expect(await filesIn(cluster, "downward", "name", "labels", "memory")).toEqual([
      "volumes",
      'app="volumes"',
      "48",
    ]);
  },
);

apiCheck(
  "kubelet/api/memory-volume",
  { title: "An emptyDir of medium Memory is a tmpfs of its size" },
  async ({ cluster }) => {
    await volumesPod(cluster);
    const { "/proc/mounts": mounts = "" } = await cluster.cat("volumes", "/proc/mounts");
    expect(mounts).toMatch(/^tmpfs \/volumes\/memory tmpfs rw,(\S+,)?size=8192k/m);
    const write = ["write", "/volumes/memory/file", "kept"];
    expect(await cluster.exec("volumes", write)).toMatchObject({ code: 0 });
  },
);

apiCheck(
  "kubelet/api/secret-update",
  { title: "A secret that changes reaches the volume of a pod that runs" },
  async ({ cluster, figure }) => {
    expect(await filesIn(cluster, "changing", "word")).toEqual(["first"]);
    const startedMs = performance.now();
    const body = changing("second");
    await cluster.client.core.replaceNamespacedSecret({ namespace, name: "changing", body });
    await cluster.lookUntil("The new content", cluster.within(120), async (see) => {
      const [seen] = await filesIn(cluster, "changing", "word");
      see(JSON.stringify(seen));
      return seen === "second" ? seen : undefined;
    });
    figure("arrived-after", (performance.now() - startedMs) / 1000, "s");
  },
);

apiCheck(
  "kubelet/api/run-as-user",
  { title: "A container runs as the user and groups that its pod names" },
  async ({ cluster, evidence }) => {
    const { uid, gid, groups } = await statusIn(cluster);
    evidence("status", JSON.stringify({ uid, gid, groups }));
    expect({ uid, gid }).toEqual({ uid: user, gid: group });
    expect(groups).toContain(shared);
  },
);

apiCheck(
  "kubelet/api/fs-group",
  { title: "A volume belongs to the pod's group, and so does what is written into it" },
  async ({ cluster }) => {
    const pod = await volumesPod(cluster);
    const write = ["write", "/volumes/disk/file", "mine"];
    expect(await cluster.exec("volumes", write)).toMatchObject({ code: 0 });
    const volume = cluster.volumePath(pod, "empty-dir", "disk");
    const directory = await cluster.agent.stat(volume);
    const file = await cluster.agent.stat(`${volume}/file`);
    expect({ directory: directory.gid, setgid: directory.mode & 0o2000 }).toEqual({
      directory: shared,
      setgid: 0o2000,
    });
    expect({ uid: file.uid, gid: file.gid }).toEqual({ uid: user, gid: shared });
  },
);
