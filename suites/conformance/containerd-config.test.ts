import { expect, test } from "vitest";
import { withConfigFile, withMirrors } from "./containerd-config.ts";

test("the mirrors of containerd 1.7 come from another directory, and nothing is imported", () => {
  const dump = `imports = ["/etc/containerd/config.toml"]
version = 2

[plugins]

  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "pause:1"

    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = ""

      [plugins."io.containerd.grpc.v1.cri".registry.auths]

      [plugins."io.containerd.grpc.v1.cri".registry.mirrors]
        [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
          endpoint = ["https://mirror.invalid"]

    [plugins."io.containerd.grpc.v1.cri".x509_key_pair_streaming]
      tls_cert_file = ""
`;
  expect(withMirrors(dump, "/run/hosts")).toMatchInlineSnapshot(`
    "version = 2

    [plugins]

      [plugins."io.containerd.grpc.v1.cri"]
        sandbox_image = "pause:1"

        [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/run/hosts"

          [plugins."io.containerd.grpc.v1.cri".registry.auths]

        [plugins."io.containerd.grpc.v1.cri".x509_key_pair_streaming]
          tls_cert_file = ""
    "
  `);
});

test("the mirrors of containerd 2 do, too", () => {
  const dump = `version = 3
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '/etc/containerd/certs.d'
`;
  expect(withMirrors(dump, "/run/hosts")).toMatchInlineSnapshot(`
    "version = 3
    [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "/run/hosts"
    "
  `);
});

test("without the plugin there is no place for mirrors", () => {
  expect(withMirrors("version = 2\n", "/run/hosts")).toBeUndefined();
});

test("arguments name the other file once", () => {
  const other = (...given: readonly string[]) => withConfigFile(given, "/run/c.toml");
  expect(other()).toEqual(["--config", "/run/c.toml"]);
  expect(other("-c", "/etc/c.toml", "--log-level", "info")).toEqual([
    ...["--config", "/run/c.toml"],
    ...["--log-level", "info"],
  ]);
  expect(other("--config=/etc/c.toml")).toEqual(["--config", "/run/c.toml"]);
});
