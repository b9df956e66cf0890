#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheDir } from "../core/cache-dir.ts";

// Halves the start (1.06 s to 0.46 s of CPU, 2026-11-22); it works on what is imported after it.
try {
  enableCompileCache(join(cacheDir(), "compiled"));
} catch {
  // Whoever needs the cache will tell what is wrong with it.
}
const { runCommandLine } = await import("./command-line.ts");
await runCommandLine();
