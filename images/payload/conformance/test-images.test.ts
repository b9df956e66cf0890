import { describe, expect, test } from "vitest";
import { hostsFiles } from "./hosts-files.ts";
import { testImages } from "./test-images.ts";

describe("the images that conformance suites ask for", () => {
  const names = testImages.flatMap((image) => image.names);

  test("have names with host and tag, each once", () => {
    expect(names.filter((name) => !/^[a-z0-9.]+\/[a-z0-9/-]+:[\w.-]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("differ in layers or configuration, so that a runtime takes no two for one", () => {
    const contents = testImages.map(({ layers, config }) => JSON.stringify([layers, config]));
    expect(new Set(contents).size).toBe(testImages.length);
  });

  test("share one registry: no name without its host stands for two images", () => {
    const owners = new Map<string, Set<number>>();
    testImages.forEach((image, index) => {
      for (const name of image.names) {
        const rest = name.slice(name.indexOf("/") + 1);
        owners.set(rest, (owners.get(rest) ?? new Set()).add(index));
      }
    });
    expect([...owners].filter(([, images]) => images.size > 1)).toEqual([]);
  });

  test("are led to it from each of their hosts", () => {
    expect(hostsFiles().map(({ path }) => path)).toEqual([
      "gcr.io/hosts.toml",
      "k8s.gcr.io/hosts.toml",
      "registry.k8s.io/hosts.toml",
    ]);
    expect(hostsFiles()[0]?.text).toBe(
      'server = "http://127.0.0.1:5000"\n\n[host."http://127.0.0.1:5000"]\n  capabilities = ["pull", "resolve"]\n',
    );
  });
});
