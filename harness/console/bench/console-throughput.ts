// Feeds 1 GB of generated console into the engine in 64 KiB chunks and prints MB per second of processor time (the
// clock on the wall says more about the neighbours) and the largest resident set.
// Run: node harness/console/bench/console-throughput.ts [megabytes] [kernel | program | failures]
// One flood a run gives the honest resident set.
import { stdout } from "node:process";
import { createConsoleEngine } from "../console-engine.ts";

const totalBytes = Number(process.argv[2] ?? 1000) * 1e6;
const chunkBytes = 65_536;

const floods = {
  /** Kernel lines, a hint of the pattern table in one of fifty. */
  kernel: (index: number) =>
    index % 50 === 0
      ? `[${stamp(index)}] systemd[1]: Started unit-${index}.service - Some unit.\r\n`
      : `[${stamp(index)}] virtio_blk virtio${index % 7}: [vda] ${index} 512-byte logical blocks (1.07 GB/1.00 GiB)\r\n`,
  /** A program's log with colours and text beyond ASCII: every line has to be cleaned. */
  program: (index: number) =>
    `\u001b[32mINFO\u001b[0m request ${index} served in 12 µs to 10.0.0.${index % 255}, cache hit ratio 0.97\r\n`,
  /** A guest that repeats a failure for ever. */
  failures: (index: number) => `[${stamp(index)}] Kernel panic - not syncing: number ${index}\r\n`,
} as const;

const stamp = (index: number): string => `${(index / 1000).toFixed(6)}`.padStart(12, " ");

const chunksOf = (flood: (index: number) => string): readonly Buffer[] => {
  let text = "";
  for (let index = 0; text.length < 16 * chunkBytes; index += 1) text += flood(index);
  const bytes = Buffer.from(text);
  return Array.from({ length: 16 }, (_, part) =>
    bytes.subarray(part * chunkBytes, (part + 1) * chunkBytes),
  );
};

const measure = (name: string, flood: (index: number) => string): string => {
  const chunks = chunksOf(flood);
  let events = 0;
  let maxRssBytes = 0;
  using engine = createConsoleEngine({
    onEvent: () => {
      events += 1;
    },
  });
  engine.feed(Buffer.from("[    0.000000] Linux version 6.12.48\r\n"), 0);
  const start = process.cpuUsage();
  for (let index = 0; engine.bytes < totalBytes; index += 1) {
    const chunk = chunks[index % chunks.length];
    if (chunk !== undefined) engine.feed(chunk, performance.now());
    if (index % 256 === 0) maxRssBytes = Math.max(maxRssBytes, process.memoryUsage.rss());
  }
  const spent = process.cpuUsage(start);
  const seconds = (spent.user + spent.system) / 1e6;
  const speed = (engine.bytes / 1e6 / seconds).toFixed(0);
  return `${name}: ${speed} MB per CPU second, ${engine.lineCount} lines, ${events} events, ${engine.untoldMatches} matches not told, max RSS ${(maxRssBytes / 1e6).toFixed(0)} MB\n`;
};

const only = process.argv[3];
for (const [name, flood] of Object.entries(floods)) {
  if (only === undefined || only === name) stdout.write(measure(name, flood));
}
