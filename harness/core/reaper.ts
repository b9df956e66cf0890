import { type ChildProcess, spawn } from "node:child_process";
import { HostError } from "./errors.ts";

let reaper: ChildProcess | undefined;

// Its loop ends with its standard input, which the kernel closes when this process ends. QEMU or qemu-img may die a
// moment later and still be adding a file, on which rm fails: then it tries again, for two seconds at most. It never
// goes into what is mounted there: a bind mount of the same file system is none of another one to rm. The fifth field
// of mountinfo is the place, with octal escapes that printf knows (proc_pid_mountinfo(5)).
const script = [
  'while IFS= read -r path; do set -- "$@" "$path"; done',
  "holds_mount() {",
  '  real=$(readlink -f -- "$1")/',
  "  while read -r _ _ _ _ place _; do",
  '    case $place in *\\\\*) place=$(printf %b "$place") ;; esac',
  '    case $place/ in "$real"*) return 0 ;; esac',
  "  done </proc/self/mountinfo",
  "  return 1",
  "}",
  'for path; do shift; holds_mount "$path" || set -- "$@" "$path"; done',
  'tries=0; until rm -rf --one-file-system -- "$@" || [ $tries = 20 ]; do tries=$((tries + 1)); sleep 0.1; done',
].join("\n");

/**
 * Has `path`, and all below it, removed when this process ends in whatever way, SIGKILL included: no code of ours runs
 * then, so a shell in a session of its own does it. Nothing happens if the path is gone by then.
 * @throws {HostError} HOST_RESOURCE for a path with a line break in it.
 */
export const removeAtEnd = (path: string): void => {
  if (path.includes("\n")) {
    throw new HostError(
      "HOST_RESOURCE",
      `Temporary path ${JSON.stringify(path)} must not contain a line break`,
      { hint: "Set TMPDIR and BOOTWRIGHT_CACHE to plain paths" },
    );
  }
  reaper ??= startReaper();
  reaper.stdin?.write(`${path}\n`);
};

const startReaper = (): ChildProcess => {
  // A session of its own: Ctrl-C at the terminal goes to the whole foreground group.
  const child = spawn("/bin/sh", ["-c", script, "bootwright-reaper"], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  // Without a reaper whoever made a directory still removes it when all goes well.
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  return child;
};
