/** One look at the host for `bootwright doctor`. `run` never throws for what it looks at. */
export interface PreflightCheck {
  /** kebab-case, stable. */
  readonly id: string;
  readonly title: string;
  run(): Promise<PreflightResult>;
}

export interface PreflightResult {
  /** `warn`: runs are possible, but slower or with less; `fail`: none is. */
  readonly state: "ok" | "warn" | "fail";
  readonly seen: string;
  readonly remedy?: string;
}
