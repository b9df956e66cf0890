/** The text behind the last `[WORD]`, which says what happened; earlier ones stand in the timeline and say where. */
export const messageOf = (output: string, word: string): string => {
  const at = output.lastIndexOf(`[${word}] `);
  const text = (at < 0 ? output : output.slice(at + word.length + 3)).replace(
    /\n\s*In \[\w+\] at: [\s\S]*/,
    "",
  );
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 1500) || "it gave no reason";
};

/** How a host that is too slow shows itself: limits inside critest, gomega, gRPC and ginkgo. */
const timeLimit = /context deadline exceeded|DeadlineExceeded|Timed out after|timed out waiting/i;

export const isTimeLimit = (message: string): boolean => timeLimit.test(message);

/** How long gomega waited for what a spec failed for; undefined where the failure does not say. */
export const waitedMs = (output: string): number | undefined => {
  const seconds = /^Timed out after (\d+(?:\.\d+)?)s\./.exec(messageOf(output, "FAILED"))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};
