// Who may import whom: one row per folder, one importing file per package. `ci/check-boundaries.mjs` runs it.
// Change a row in a commit of its own and say why.
const mayImport = {
  "harness/core": [],
  "harness/protocol": ["harness/core"],
  "harness/console": ["harness/core"],
  "harness/tap": ["harness/core"],
  "harness/results": ["harness/core", "harness/verdict"],
  "harness/verdict": ["harness/core"],
  qemu: ["harness/core"],
  images: ["harness/core"],
  "harness/agent": ["harness/protocol", "harness/core"],
  "harness/timeline": ["harness/console", "harness/results", "harness/core"],
  "harness/inspect": ["images", "harness/core"],
  "harness/report": ["harness/results", "harness/verdict", "harness/core"],
  "harness/budget": ["harness/results", "harness/verdict", "harness/core"],
  // qemu for its processes, which live as long as somebody needs them and end with us; images for the payload's API server.
  "harness/control-plane": ["harness/core", "qemu", "images"],
  "harness/machine": [
    "harness/console",
    "harness/protocol",
    "harness/agent",
    "harness/timeline",
    "harness/verdict",
    "harness/results",
    "harness/core",
    "qemu",
    "images",
  ],
  // Rebuilds what a power cut leaves on a recorded disk and judges it: machine for where large files may lie, inspect for
  // trees, qemu for qemu-img; agent for its tests, which record a guest.
  "harness/power-cut": [
    "harness/agent",
    "harness/machine",
    "harness/inspect",
    "harness/results",
    "harness/core",
    "qemu",
    "images",
  ],
  // agent for the updater's programs; machine and inspect for the disks that they leave.
  "harness/update": [
    "harness/inspect",
    "harness/machine",
    "harness/agent",
    "harness/core",
    "qemu",
    "images",
  ],
  "harness/fixtures": [
    "harness/update",
    "harness/inspect",
    "harness/power-cut",
    "harness/machine",
    "harness/control-plane",
    "harness/agent",
    "harness/console",
    "harness/timeline",
    "harness/tap",
    "harness/results",
    "harness/verdict",
    "harness/budget",
    "harness/core",
    "qemu",
    "images",
  ],
  "harness/cli": ["harness/[^/]+", "images", "qemu"],
  suites: ["harness/index.ts"],
  // The report and results rows and images: ci/claims.ts draws a page of docs/ from them.
  ci: ["harness/report", "harness/results", "harness/core", "images"],
};

/** Packages with one importing file (or folder, where the name ends in a slash). */
const soleImporter = {
  execa: "harness/core/exec.ts",
  pino: "harness/core/log.ts",
  "tmp-promise": "harness/core/tmp.ts",
  "tap-parser": "harness/report/",
  yaml: "images/yaml.ts",
  "@node-rs/crc32": "harness/protocol/crc32c.ts",
  commander: "harness/cli/",
  "@kubernetes/client-node": "suites/kubelet/api/",
  zx: "ci/",
};

const escaped = (text) => text.replace(/[.@/]/g, "\\$&");
const folder = (name) => (name.endsWith(".ts") ? `^${escaped(name)}$` : `^${name}/`);
const anyOf = (names) => names.map(folder).join("|") || "^$";

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-test-code-in-product",
      severity: "error",
      from: { pathNot: "\\.(test|suite|bench)\\.ts$|/testing/" },
      to: { path: "\\.(test|suite)\\.ts$|/testing/" },
    },
    ...Object.entries(mayImport).map(([from, to]) => ({
      name: `${from}-imports-only-what-its-row-allows`,
      severity: "error",
      from: { path: folder(from), pathNot: "/bench/" },
      to: {
        path: "^(harness|qemu|images|suites|ci)/",
        pathNot: `${folder(from)}|${anyOf(to)}`,
      },
    })),
    ...Object.entries(soleImporter).map(([name, file]) => ({
      name: `${name}-has-one-importer`,
      severity: "error",
      from: { pathNot: `^${escaped(file)}` },
      to: { path: `(^|/)node_modules/(@types/)?${escaped(name)}(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs"],
      conditionNames: ["import", "types", "node"],
      exportsFields: ["exports"],
    },
  },
};
