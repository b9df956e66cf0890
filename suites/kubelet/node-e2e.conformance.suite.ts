import { level } from "../../harness/index.ts";

// A node with dozens of pods takes minutes, which a quick run does not have; then not even the program is built.
if (level() !== "quick") await import("./node-e2e/checks.ts");
