import type { KnownProgram } from "../known-program.ts";

/**
 * Claim C02. Go writes the path of a program's package into it, behind the word "path" and a tab: `go version -m`. The line
 * break keeps containerd apart from containerd-shim.
 */
export const containerRuntimes: readonly KnownProgram[] = [
  {
    name: "containerd",
    category: "container-runtime",
    names: ["containerd"],
    texts: [
      "path\tgithub.com/containerd/containerd/cmd/containerd\n",
      "path\tgithub.com/containerd/containerd/v2/cmd/containerd\n",
    ],
  },
  {
    name: "dockerd",
    category: "container-runtime",
    names: ["dockerd", "docker-ce"],
    texts: [
      "path\tgithub.com/docker/docker/cmd/dockerd\n",
      "path\tgithub.com/moby/moby/v2/cmd/dockerd\n",
    ],
  },
  {
    name: "podman",
    category: "container-runtime",
    names: ["podman"],
    texts: [
      "path\tgithub.com/containers/podman/cmd/podman\n",
      "path\tgithub.com/containers/podman/v4/cmd/podman\n",
      "path\tgithub.com/containers/podman/v5/cmd/podman\n",
    ],
  },
  {
    name: "cri-o",
    category: "container-runtime",
    names: ["crio"],
    texts: ["path\tgithub.com/cri-o/cri-o/cmd/crio\n"],
  },
];
