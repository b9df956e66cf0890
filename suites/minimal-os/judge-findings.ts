import {
  fail,
  type ImageContext,
  matchesGlob,
  unseenParts,
  unsupported,
} from "../../harness/index.ts";

/** Something that is there and may not be. */
export interface Finding {
  /** Path as `inspect` tells it. */
  readonly path: string;
  readonly text: string;
}

interface Exception {
  readonly path: string;
  readonly reason: string;
}

const maxNamed = 8;

/**
 * Fails when something is there that has no exception. Of an image that was not seen whole nothing is proven by finding
 * nothing: `unsupported`.
 */
export const judgeFindings = (
  context: ImageContext,
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): void => {
  judgeExceptions(context, findings, exceptions);
  const unseen = unseenParts(context.facts);
  if (unseen.length > 0) {
    unsupported(`Nothing was found, but not everything was seen: ${named(unseen)}`);
  }
};

/** The same for findings that are complete whatever was seen of the rest. */
export const judgeExceptions = (
  { evidence, figure }: Pick<ImageContext, "evidence" | "figure">,
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): void => {
  const exceptionOf = ({ path }: Finding): Exception | undefined =>
    exceptions.find((exception) => matchesGlob(exception.path, path));
  const forbidden = findings.filter((finding) => exceptionOf(finding) === undefined);
  figure("found", findings.length, "count");
  figure("allowed", findings.length - forbidden.length, "count");
  if (findings.length > 0) {
    const lines = findings.map((finding) => {
      const exception = exceptionOf(finding);
      return exception === undefined
        ? finding.text
        : `${finding.text} (allowed: ${exception.reason})`;
    });
    evidence("inspect", lines.join("\n"));
  }
  for (const { path, reason } of exceptions.filter((exception) => isUnused(exception, findings)))
    evidence("unused-exception", `Nothing is at ${path}, which is allowed because: ${reason}`);
  if (forbidden.length > 0) fail(named(forbidden.map(({ text }) => text)));
};

const isUnused = (exception: Exception, findings: readonly Finding[]): boolean =>
  !findings.some(({ path }) => matchesGlob(exception.path, path));

const named = (texts: readonly string[]): string =>
  texts.length <= maxNamed
    ? texts.join("; ")
    : `${texts.slice(0, maxNamed).join("; ")}; and ${texts.length - maxNamed} more`;
