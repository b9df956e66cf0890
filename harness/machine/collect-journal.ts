import type { AgentClient } from "../agent/agent-client.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { log } from "../core/log.ts";
import { MiB } from "../core/units.ts";

const limits = {
  port: { entries: 5000, timeoutMs: 20_000 },
  // A UART under emulation carries 0.2 MB/s.
  uart: { entries: 500, timeoutMs: 10_000 },
} as const;
const limitBytes = 8 * MiB;

/**
 * The guest's journal of this boot as the text of a JSON array, newest entries where there are too many; at most 8 MiB,
 * and what had come when the time was over. Undefined for a guest that has no journal to give. Never rejects.
 */
export const collectJournal = async (
  agent: Pick<AgentClient, "exec" | "ping">,
  transport: "port" | "uart",
): Promise<string | undefined> => {
  const { entries, timeoutMs } = limits[transport];
  const text: Buffer[] = [];
  try {
    // A guest that hangs is not waited for.
    await agent.ping({ deadline: deadlineAfter(1000) });
    const argv = ["journalctl", "-b", "-o", "json", "--no-pager", "-n", `${entries}`];
    await agent.exec(argv, {
      deadline: deadlineAfter(timeoutMs),
      maxOutputBytes: limitBytes,
      onStdout: (chunk) => void text.push(Buffer.from(chunk)),
    });
  } catch (error) {
    log.info({ error }, "the journal is missing or cut short");
  }
  const kept = Buffer.concat(text).subarray(0, limitBytes).toString("utf8");
  const lines = kept.split("\n").filter(isJsonObject);
  return lines.length === 0 ? undefined : `[\n${lines.join(",\n")}\n]\n`;
};

const isJsonObject = (line: string): boolean => {
  if (!line.startsWith("{")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false; // the last line of a stream that was cut
  }
};
