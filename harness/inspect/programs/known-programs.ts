// Programs that an operating system may promise to have or not to have (claims C02, C06, C07, C16, C24, C29), and what gives
// each away once it has another name. Tried on Debian's programs: on Debian 12's (2026-11-22) awk, gcc, ld, gdb, nc; on
// Debian 13's (2026-11-22) every shell but rbash and those known by name alone, Python, Perl, Ruby, Lua, Node.js, PHP, Tcl,
// Guile, the awks, dpkg, apt, rpm, dnf, zypper, pacman, sshd, ssh, dropbear, clang, gdb, strace, bpftrace, tcpdump, upx,
// dockerd, containerd and podman. The other rows are from their projects' headers and package names.

import { containerRuntimes } from "./known/container-runtimes.ts";
import { languages } from "./known/languages.ts";
import { packageManagers } from "./known/package-managers.ts";
import { remoteAccess } from "./known/remote-access.ts";
import { shells } from "./known/shells.ts";
import { tools } from "./known/tools.ts";
import type { KnownProgram } from "./known-program.ts";

export const knownPrograms: readonly KnownProgram[] = [
  ...shells,
  ...languages,
  ...packageManagers,
  ...remoteAccess,
  ...tools,
  ...containerRuntimes,
];
