/**
 * Every error that Bootwright throws. A report must be able to say who is at fault, so each family names one party:
 * the user's input, the host, the image, the guest while it runs, QEMU, or Bootwright itself.
 * `docs/errors.md` has a row for every code; a test fails if one is missing.
 */
export const errorCodes = {
  USAGE: "the command line is wrong",
  CONFIG_INVALID: "a manifest or a machine spec has problems",
  IMAGE_UNKNOWN: "no image of that name",
  IMAGE_UNUSABLE: "the image file cannot be booted or inspected safely",
  IMAGE_DIGEST: "the image file is not the one that was promised",
  IMAGE_BUILD: "an image could not be built",
  HOST_TOOL_MISSING: "a program that Bootwright needs is not installed",
  HOST_RESOURCE: "the host ran out of something",
  QEMU_START: "QEMU did not start",
  QEMU_DIED: "QEMU ended while it was needed",
  QMP: "a QMP command failed",
  QMP_CLOSED: "the QMP connection ended",
  COMMAND_FAILED: "a program on the host failed",
  PROTOCOL: "the serial-console protocol was broken",
  AGENT_LOST: "the guest agent stopped answering",
  AGENT_REQUEST: "the guest agent refused or failed a request",
  TIMEOUT: "something did not happen in time",
  ABORTED: "the run was told to stop",
  BOOT_FAILED: "the guest did not boot",
  UPDATE_FAILED: "the node's updater did not do what it was told",
  RESULTS_INVALID: "a run directory cannot be read",
  BUDGET_UNUSABLE: "a budget file has problems, or its budgets do not fit what was measured",
  INTERNAL: "a fault of Bootwright",
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorOptions {
  /** What to do next: one sentence, imperative. */
  readonly hint?: string;
  /** Plain data for reports; must be JSON-serialisable. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class BootwrightError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** The user's input is wrong: exit code 2. */
export class UsageError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("USAGE", message, options);
  }
}

/** A manifest, profile or machine spec is wrong: exit code 2. `details.problems` lists them all. */
export class ConfigError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("CONFIG_INVALID", message, options);
  }
}

export class ImageError extends BootwrightError {
  constructor(
    code: Extract<ErrorCode, `IMAGE_${string}`>,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The host lacks something: never the image's fault. */
export class HostError extends BootwrightError {
  constructor(
    code: "HOST_TOOL_MISSING" | "HOST_RESOURCE" | "COMMAND_FAILED",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

export class QemuError extends BootwrightError {
  constructor(
    code: "QEMU_START" | "QEMU_DIED" | "QMP" | "QMP_CLOSED",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

export class GuestError extends BootwrightError {
  constructor(
    code: "PROTOCOL" | "AGENT_LOST" | "AGENT_REQUEST" | "BOOT_FAILED" | "UPDATE_FAILED",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** A budget file is wrong, or its budgets do not fit what was measured: exit code 2. `details.problems` lists them all. */
export class BudgetError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("BUDGET_UNUSABLE", message, options);
  }
}

/** Something did not happen in time. The message says what was waited for, how long, and what was last seen. */
export class TimeoutError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("TIMEOUT", message, options);
  }
}

export class AbortedError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("ABORTED", message, options);
  }
}

/** A fault of Bootwright: exit code 4. */
export class InternalError extends BootwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("INTERNAL", message, options);
  }
}

/** Keys on `code` and not on the class: errors lose their class when they cross a worker. */
export const errorCodeOf = (error: unknown): ErrorCode | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code in errorCodes ? (code as ErrorCode) : undefined;
};

/** One paragraph per error of the cause chain, outermost first, hints included, with no stack traces. */
export const renderError = (error: unknown): string => {
  const lines: string[] = [];
  for (
    let current = error, depth = 0;
    current !== undefined && current !== null && depth < 8;
    current = (current as { cause?: unknown }).cause, depth += 1
  ) {
    const { message, hint } = current as { message?: unknown; hint?: unknown };
    const code = errorCodeOf(current);
    const text = typeof message === "string" ? message : String(current);
    lines.push(`${depth === 0 ? "" : "because: "}${text}${code === undefined ? "" : ` [${code}]`}`);
    if (typeof hint === "string") lines.push(`  hint: ${hint}`);
  }
  return lines.join("\n");
};
