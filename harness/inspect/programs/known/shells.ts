import type { KnownProgram } from "../known-program.ts";

/** Claim C29. */
export const shells: readonly KnownProgram[] = [
  {
    name: "busybox",
    category: "shell",
    names: ["busybox"],
    texts: ["BusyBox is copyrighted by many authors"],
  },
  { name: "toybox", category: "shell", names: ["toybox"], texts: ["https://landley.net/toybox"] },
  {
    name: "dash",
    category: "shell",
    names: ["sh", "dash", "ash"],
    texts: ['arithmetic expression: %s: "%s"'],
  },
  {
    name: "bash",
    category: "shell",
    names: ["bash", "rbash"], // Not BASH_VERSINFO: completion scripts inside of Go programs have it (podman, dockerd).
    texts: ["GNU bash, version %s"],
  },
  { name: "zsh", category: "shell", names: ["zsh", "rzsh"], texts: ["ZSH_EVAL_CONTEXT"] },
  {
    name: "ksh",
    category: "shell",
    names: ["ksh*", "mksh", "lksh", "rksh"],
    texts: ["KSH_VERSION"],
  },
  { name: "tcsh", category: "shell", names: ["csh", "tcsh"], texts: ["/etc/csh.cshrc"] },
  { name: "fish", category: "shell", names: ["fish"], texts: ["__fish_print_help fish"] },
  { name: "sash", category: "shell", names: ["sash"], texts: ["Stand-alone shell (version"] },
  {
    name: "other shell",
    category: "shell",
    names: ["yash", "rc", "es", "posh", "elvish", "nu", "xonsh", "pwsh", "osh"],
  },
];
