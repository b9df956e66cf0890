/** A command that something in the image would start, where it is written down. */
export interface NamedStart {
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly command: string;
  /** Where a name without a slash is looked for; default: the usual places. */
  readonly places?: readonly string[];
  /** It is handed to /bin/sh whatever it says. */
  readonly isShellCommand?: boolean;
}
