import { imageHosts } from "./test-images.ts";

/** Where the registry answers in the guest. */
export const registryAddress = "127.0.0.1:5000";

/**
 * For containerd's `config_path`: each host's images come from the registry in the guest, and from nowhere else
 * (https://github.com/containerd/containerd/blob/main/docs/hosts.md). Which host was asked for stays in the image's name.
 * @returns paths below that directory, with what is in them.
 */
export const hostsFiles = (): readonly { readonly path: string; readonly text: string }[] =>
  imageHosts.map((host) => ({
    path: `${host}/hosts.toml`,
    text: `server = "http://${registryAddress}"\n\n[host."http://${registryAddress}"]\n  capabilities = ["pull", "resolve"]\n`,
  }));
