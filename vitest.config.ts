import { defineConfig, type ViteUserConfig } from "vitest/config";

const outside = ["**/node_modules/**"];

const config: ViteUserConfig = defineConfig({
  test: {
    // By default one core is left free, which on two cores leaves one worker: 45 s in place of 26 (2026-11-22).
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{harness,qemu,images,suites,ci}/**/*.test.ts"],
          exclude: [...outside, "**/*.qemu.test.ts", "**/*.standard.test.ts"],
          testTimeout: 10_000,
          // A worker that serves all files imports zod, yaml and fast-check once: 13 s of CPU in place of 30 (2026-11-22).
          isolate: false,
        },
      },
      {
        test: {
          name: "qemu",
          include: ["{harness,qemu,images,suites,ci}/**/*.qemu.test.ts"],
          exclude: outside,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        // Of what only level standard uses: its programs alone take minutes to build on a machine that never did.
        test: {
          name: "standard",
          include: ["{harness,images}/**/*.standard.test.ts"],
          exclude: outside,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
