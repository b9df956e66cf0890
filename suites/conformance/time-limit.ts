/** The text behind the last `[WORD]`, which says what happened; earlier ones stand in the timeline and say where. */
export const messageOf = (output: string, word: string): string => {
  const at = output.lastIndexOf(`[${word}] `);
  const lines = (at < 0 ? output : output.slice(at + word.length + 3)).split("\n");
  const place = lines.findIndex((line, index) => index > 0 && /^\s*In \[\w+\] at: /.test(line));
  const text = lines.slice(0, place < 0 ? undefined : place).join("\n");
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 1500) || "it gave no reason";
};

/** How a host that is too slow shows itself: limits inside the specs, gomega, gRPC and ginkgo. */
const timeLimit = /context deadline exceeded|DeadlineExceeded|Timed out after|timed out waiting/i;

export const isTimeLimit = (message: string): boolean => timeLimit.test(message);

/** ginkgo ran out of the time of the whole run, whatever the spec that was running would have come to. */
export const isSuiteTimeout = (output: string): boolean =>
  output.includes("A suite timeout occurred");

/** How long gomega waited for what a spec failed for; undefined where the failure does not say. */
export const waitedMs = (output: string): number | undefined => {
  const waits = messageOf(output, "FAILED").matchAll(/\bTimed out after (\d+(?:\.\d+)?)s\./g);
  const seconds = [...waits].at(-1)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};
