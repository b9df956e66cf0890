import { agnhostVersion } from "../agnhost.ts";
import type { ImageConfig } from "./image-layout.ts";

/** The layers that our images are made of; what is in them is in `test-image-layers.ts`. */
export type LayerName =
  | "busybox"
  | "bash"
  | "nginx"
  | "httpd"
  | "nonewprivs"
  | "agnhost"
  | "pause"
  | "predefined-group"
  | `marked-${string}`;

/** An image that a conformance suite pulls by name, and that we make ourselves. */
export interface TestImage {
  readonly names: readonly string[];
  readonly layers: readonly LayerName[];
  readonly config: ImageConfig;
}

const kubernetes = "registry.k8s.io/e2e-test-images";
const criTools = "gcr.io/k8s-staging-cri-tools";

const env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
const shell: ImageConfig = { Cmd: ["sh"], Env: env };

// The last argument is read by nobody but the specs that look for it in /proc/PID/cmdline.
const nginx = (port: number): ImageConfig => ({
  Cmd: ["nginx", "-listen", `:${port}`, "-pid-file", "/var/run/nginx.pid", "master process"],
  Env: env,
});

/** An image whose user says whom it runs as. */
const userImage = (name: string, User: string): TestImage => ({
  names: [`${criTools}/${name}:latest`],
  layers: ["busybox"],
  config: { ...shell, User },
});

/** An image like no other: a runtime knows images by what is in them, not by name. */
const markedImage = (name: string, tags: readonly string[]): TestImage => ({
  names: tags.map((tag) => `${criTools}/${name}:${tag}`),
  layers: ["busybox", `marked-${[name, ...tags].join("-")}`],
  config: shell,
});

/**
 * What critest asks for (sigs.k8s.io/cri-tools: pkg/validate/consts.go, multi_container_linux.go, security_context_linux.go,
 * pkg/framework/util.go), and of what Kubernetes' node tests ask for (test/utils/image/manifest.go) that which costs nothing
 * more. One is missing, test-image-digest: it is asked for by the digest of somebody else's bytes.
 */
export const testImages: readonly TestImage[] = [
  {
    names: [`${kubernetes}/busybox:1.29-2`, `${kubernetes}/ipc-utils:1.4`],
    layers: ["busybox"],
    config: shell,
  },
  // Kubernetes' node tests ask for this one.
  { names: [`${kubernetes}/busybox:1.37.0-1`], layers: ["busybox", "bash"], config: shell },
  {
    names: ["1.14-2", "1.15-4", "1.27-0"].map((tag) => `${kubernetes}/nginx:${tag}`),
    layers: ["busybox", "nginx"],
    config: nginx(80),
  },
  {
    names: [`${criTools}/hostnet-nginx-amd64:latest`],
    layers: ["busybox", "nginx"],
    config: nginx(12003),
  },
  {
    names: [`${kubernetes}/httpd:2.4.39-4`],
    layers: ["busybox", "httpd"],
    config: { Cmd: ["httpd"], Env: env },
  },
  {
    names: [`${kubernetes}/nonewprivs:1.3`, `${kubernetes}/nonewprivs:1.4`],
    layers: ["busybox", "nonewprivs"],
    config: { Entrypoint: ["/nonewprivs"], Env: env },
  },
  {
    // Kubernetes names its last one but some beside it, for tests of upgrades.
    names: [`${kubernetes}/agnhost:${agnhostVersion}`, `${kubernetes}/agnhost:2.55`],
    layers: ["busybox", "agnhost"],
    config: { Entrypoint: ["/agnhost"], Cmd: ["pause"], Env: env },
  },
  {
    names: [`${kubernetes}/nonroot:1.5`],
    layers: ["busybox"],
    config: { ...shell, User: "1234" },
  },
  userImage("test-image-user-uid", "1002"),
  userImage("test-image-user-username", "www-data"),
  userImage("test-image-user-uid-group", "1003:1004"),
  userImage("test-image-user-username-group", "www-data:1004"),
  {
    names: [`${criTools}/test-image-predefined-group:latest`],
    layers: ["busybox", "predefined-group"],
    config: { ...shell, User: "1000" },
  },
  ...["1", "2", "3"].map((number) => markedImage(`test-image-${number}`, ["latest"])),
  markedImage("test-image-tags", ["1", "2", "3"]),
  markedImage("test-image-latest", ["latest"]),
  markedImage("test-image-tag", ["test"]),
  markedImage("test-image-tag", ["all"]),
  // Specs remove it by one of its names, so it must be no image that the runtime keeps for its sandboxes.
  {
    names: ["registry.k8s.io/pause:3.9", "k8s.gcr.io/pause:3.9"],
    layers: ["pause", "marked-pause"],
    config: { Entrypoint: ["/pause"], User: "65532:65532" },
  },
  // The sandbox images that containerd 1.6, 1.7 and 2.x ask for unless they are told otherwise.
  {
    names: ["3.6", "3.8", "3.10", "3.10.1", "3.10.2"].map((tag) => `registry.k8s.io/pause:${tag}`),
    layers: ["pause"],
    config: { Entrypoint: ["/pause"], User: "65532:65532" },
  },
];

/** The hosts of the names; a runtime is led from each of them to our registry. */
export const imageHosts: readonly string[] = [
  ...new Set(testImages.flatMap(({ names }) => names.map((name) => name.split("/")[0] ?? ""))),
].toSorted();
