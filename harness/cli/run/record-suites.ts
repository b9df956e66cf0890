import { deadlineAfter, withDeadline } from "../../core/deadline.ts";
import { ConfigError, errorCodeOf } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { listenRunChannel, type RunMessage } from "../../fixtures/run-channel.ts";
import type { RunContext } from "../../fixtures/run-context.ts";
import { digestOf } from "../../machine/prepare-image.ts";
import type { RunRecord } from "../../results/run-record.ts";
import type { RunRecorder } from "../../results/run-recorder.ts";

/**
 * Runs the suite files, records what they tell, and ends the record.
 * @throws {ConfigError} when no machine can be started from the manifest; {HostError} HOST_RESOURCE at once when a
 * record cannot be written; suites may then still be running.
 */
export const recordSuites = async (
  recorder: RunRecorder,
  files: readonly string[],
  context: RunContext,
): Promise<RunRecord> => {
  const end = Promise.withResolvers<void>();
  let registered = 0;
  let finished = 0;
  let boots = 0;
  const tellPlanned = (): void => recorder.amend({ checksPlanned: registered + boots });
  let refused: ConfigError | undefined;
  const onMessage = (message: RunMessage): void => {
    if (message.kind === "event") recorder.record(message.event);
    else if (message.kind === "boot") recorder.bootFinished(message.boot);
    else if (message.kind === "facts") recorder.amend(message.facts);
    else if (message.kind === "end") end.resolve();
    else if (message.kind === "refused") {
      refused = new ConfigError(message.reason, { hint: message.hint });
    } else {
      recorder.checkFinished(message.check);
      if (message.kind === "check") finished += 1;
      else {
        boots += 1;
        tellPlanned();
      }
    }
  };
  using _channel = listenRunChannel(context.channel, (message) => {
    try {
      onMessage(message);
    } catch (error) {
      // A record that cannot be written (a full disk) ends the run at once.
      end.reject(error);
    }
  });
  // vitest takes half a second to load, for which a wrong command line need not wait.
  const { runSuites } = await import("./run-suites.ts");
  const { planned: checks, problems: suiteProblems } = await Promise.race([
    runSuites(files, context, (count) => {
      registered = count;
      tellPlanned();
    }),
    end.promise.then(() => forever),
  ]);
  // A worker that registered no check never opened the channel.
  if (checks > 0) {
    const lastWords = deadlineAfter(5000);
    await withDeadline(end.promise, lastWords, "Last word of the suites").catch(ignoreTimeout);
  }
  if (refused !== undefined) {
    recorder.finish({ verdict: "error", reason: printable(refused.message, 4000) });
    throw refused;
  }
  recorder.amend({
    image: { ...recorder.run().image, sha256After: await digestOf(context.plan.files) },
  });
  const problems = [...suiteProblems];
  const { image } = recorder.run();
  if (image.sha256After !== image.sha256Before) {
    problems.push(`The image file changed during the run: ${image.path}`);
  }
  if (problems.length > 0) {
    return recorder.finish({ verdict: "error", reason: printable(problems.join("; "), 4000) });
  }
  if (checks > 0 && finished < checks) {
    const reason = `${checks - finished} of ${checks} checks left no record`;
    return recorder.finish({ verdict: "error", reason });
  }
  if (checks === 0) {
    const reason = `No check matches --grep ${context.grep ?? ""}`;
    return recorder.finish({ verdict: "inconclusive", reason });
  }
  return recorder.finish();
};

const forever = new Promise<never>(() => undefined);

// The checks that are missing then tell it.
const ignoreTimeout = (error: unknown): void => {
  if (errorCodeOf(error) !== "TIMEOUT") throw error;
};
