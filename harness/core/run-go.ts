import { errorCodeOf, HostError } from "./errors.ts";
import { exec } from "./exec.ts";
import { toolPath } from "./tool.ts";

export interface GoRun {
  /** The module's folder. */
  readonly directory: string;
  /** The program that is wanted, for error messages. */
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

// 3.5 minutes for the kubelet on two cores with other load beside (2026-11-21); a tenth of that speed is still served.
const timeoutMs = 2_400_000;

/**
 * Runs `go` for a static x86_64 program, with nothing of the user's own settings that would change its bytes. The Go program is
 * `BOOTWRIGHT_GO`, else the tools tree's or the PATH's.
 * @throws {HostError} HOST_TOOL_MISSING without a Go that is new enough; HOST_RESOURCE when the disk is full, or modules cannot
 * be fetched; COMMAND_FAILED otherwise.
 */
export const runGo = async (
  args: readonly string[],
  { directory, name, env = {}, onLine }: GoRun,
): Promise<string> => {
  const go = process.env["BOOTWRIGHT_GO"] ?? toolPath("go");
  // Debian's Go is older than what Kubernetes asks for, and has "local" for a default: no newer one is ever fetched.
  const GOTOOLCHAIN = process.env["GOTOOLCHAIN"] ?? "auto";
  const { stdout } = await exec(go, args, {
    cwd: directory,
    timeoutMs,
    env: { ...fixedSettings, GOTOOLCHAIN, ...env },
    ...(args[0] === "env" ? {} : { endSignal: "TERM" }),
    ...(onLine === undefined ? {} : { onLine }),
  }).catch((error: unknown) => {
    throw asHostFault(error, name) ?? error;
  });
  return stdout;
};

// None is empty: Go takes what `go env -w` has set in place of an empty one.
const fixedSettings = {
  CGO_ENABLED: "0",
  GO111MODULE: "on",
  GOOS: "linux",
  GOARCH: "amd64",
  GOAMD64: "v1",
  GOFIPS140: "off",
  GOFLAGS: "-buildvcs=false",
  GOWORK: "off",
};

/** What the host lacks, in words; undefined where the sources or Go are at fault. */
const asHostFault = (error: unknown, name: string): HostError | undefined => {
  if (errorCodeOf(error) === "HOST_TOOL_MISSING") {
    return new HostError(
      "HOST_TOOL_MISSING",
      `Program ${name} is built with Go, and there is none`,
      {
        hint: "Run ci/setup, or set BOOTWRIGHT_GO to a Go",
        cause: error,
      },
    );
  }
  const text = error instanceof Error ? error.message : "";
  const old = /requires go >= (\S+) \(running go (\S+?)[;)]/.exec(text);
  const unavailable = /download (go\d\S+) for \S+: (.*)/.exec(text);
  if (old !== null || unavailable !== null) {
    const seen =
      old === null
        ? `Program ${name} needs ${unavailable?.[1]}, which Go could not fetch: ${unavailable?.[2]}`
        : `Program ${name} needs Go ${old[1]} or newer, but this is Go ${old[2]}`;
    return new HostError("HOST_TOOL_MISSING", seen, {
      hint: "Install a newer Go (BOOTWRIGHT_GO names one that is not the first on the PATH), or unset GOTOOLCHAIN, so that Go fetches it",
    });
  }
  const full = lineWith(text, /no space left on device|disk quota exceeded/i);
  if (full !== undefined) {
    return new HostError("HOST_RESOURCE", `Building program ${name} found a full disk: ${full}`, {
      hint: "Make room where GOCACHE, GOMODCACHE and BOOTWRIGHT_CACHE are, for example with `go clean -cache`",
    });
  }
  const cut = lineWith(text, noNetwork);
  if (cut === undefined) return undefined;
  return new HostError("HOST_RESOURCE", `Modules of program ${name} cannot be fetched: ${cut}`, {
    hint: "Give this machine access to the module proxy that GOPROXY names, once; what was fetched stays in GOMODCACHE",
  });
};

const noNetwork =
  /dial tcp|no such host|connection refused|connection reset|i\/o timeout|TLS handshake|unreachable|disabled by GOPROXY|proxyconnect/i;

const lineWith = (text: string, form: RegExp): string | undefined =>
  text.split("\n").find((line) => form.test(line));
