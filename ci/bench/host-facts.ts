import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { MiB } from "../../harness/core/units.ts";

/** What the reader of a figure must know of the host and the source that made it. */
export const hostFacts = (checkout: string): Readonly<Record<string, string | number>> => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryMiB: Math.round(totalmem() / MiB),
  kernel: release(),
  node: process.version,
  commit: gitLine(checkout, "rev-parse", "HEAD"),
  uncommittedFiles: gitLine(checkout, "status", "--porcelain").split("\n").filter(Boolean).length,
});

/** One-minute load average: more than the benchmark itself makes means that others were at work. */
export const loadNow = (): number => loadavg()[0] ?? 0;

const gitLine = (cwd: string, ...args: readonly string[]): string => {
  try {
    return execFileSync("git", [...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
};
