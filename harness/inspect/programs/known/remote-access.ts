import type { KnownProgram } from "../known-program.ts";

/** Claim C07. */
export const remoteAccess: readonly KnownProgram[] = [
  {
    name: "openssh",
    category: "ssh",
    names: ["sshd", "ssh", "scp", "sftp", "sftp-server", "sshd-session"],
    // Keywords of sshd_config and ssh_config. Not OpenSSH_: others name it to know its faults (libssh2, Go's x/crypto).
    texts: ["authorizedkeyscommanduser", "controlpersist"],
  },
  {
    name: "dropbear",
    category: "ssh",
    names: ["dropbear", "dbclient"],
    texts: ["SSH-2.0-dropbear"],
  },
  { name: "telnetd", category: "ssh", names: ["telnetd", "in.telnetd", "rshd", "rlogind"] },
  {
    name: "getty",
    category: "login",
    names: ["agetty", "getty", "mingetty", "fgetty"],
    texts: ["/run/agetty.reload"],
  },
  {
    name: "login",
    category: "login",
    names: ["login", "sulogin"],
    texts: ["TOO MANY LOGIN TRIES", "root password garbled"],
  },
];
