// Programs that an operating system may promise not to have (claims C06, C07, C16, C24, C29), and what gives each away
// once it has another name. Tried on renamed programs of Debian 12 (2026-11-22): the shells but yash and rbash, Python, Perl,
// Lua, awk, sshd, dropbear, gcc, ld, gdb, strace, tcpdump, OpenBSD's nc; on Debian 13's: dpkg, apt, bash, dash, perl, mawk.
// The other rows' symbols and libraries are from their projects' headers and package names, and were not tried.

export interface KnownProgram {
  readonly name: string;
  readonly category: ProgramCategory;
  /** Names of files; a trailing * stands for a version. */
  readonly names: readonly string[];
  /** Symbols of its dynamic symbol table, its own or wanted from its library. */
  readonly symbols?: readonly string[];
  /** Starts of the names of libraries that it needs. */
  readonly libraries?: readonly string[];
  /** Text in its data that no other program has. */
  readonly texts?: readonly string[];
}

export const programCategories = [
  "shell",
  "language",
  "package-manager",
  "ssh",
  "login",
  "compiler",
  "debug-tool",
  "network-tool",
  "packer",
] as const;

export type ProgramCategory = (typeof programCategories)[number];

export const knownPrograms: readonly KnownProgram[] = [
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
  { name: "bash", category: "shell", names: ["bash", "rbash"], texts: ["BASH_VERSINFO"] },
  { name: "zsh", category: "shell", names: ["zsh", "rzsh"], texts: ["ZSH_EVAL_CONTEXT"] },
  {
    name: "ksh",
    category: "shell",
    names: ["ksh*", "mksh", "lksh", "rksh"],
    texts: ["KSH_VERSION"],
  },
  { name: "tcsh", category: "shell", names: ["csh", "tcsh"], texts: ["/etc/csh.cshrc"] },
  { name: "fish", category: "shell", names: ["fish"], texts: ["__fish_print_help fish"] },
  { name: "yash", category: "shell", names: ["yash"] },
  {
    name: "python",
    category: "language",
    names: ["python*", "pypy*"],
    symbols: ["Py_Main", "Py_BytesMain", "PyRun_SimpleFileExFlags"],
    libraries: ["libpython"],
    texts: ["Python path configuration"],
  },
  {
    name: "perl",
    category: "language",
    names: ["perl*"],
    symbols: ["perl_run", "boot_DynaLoader"],
    libraries: ["libperl."],
    texts: ["Perl may be copied only under the terms"],
  },
  {
    name: "ruby",
    category: "language",
    names: ["ruby*", "irb*"],
    symbols: ["ruby_run_node", "ruby_init"],
    libraries: ["libruby"],
  },
  {
    name: "lua",
    category: "language",
    names: ["lua*", "luajit*"],
    symbols: ["lua_newstate", "luaL_newstate"],
    libraries: ["liblua"],
    texts: ["$LuaVersion: Lua"],
  },
  {
    name: "node",
    category: "language",
    names: ["node", "nodejs", "deno", "bun", "qjs"],
    symbols: ["napi_module_register", "JS_NewRuntime"],
    libraries: ["libnode."],
  },
  {
    name: "php",
    category: "language",
    names: ["php*"],
    symbols: ["php_request_startup"],
    libraries: ["libphp"],
  },
  {
    name: "tcl",
    category: "language",
    names: ["tclsh*", "wish*", "expect"],
    symbols: ["Tcl_CreateInterp"],
    libraries: ["libtcl"],
  },
  {
    name: "guile",
    category: "language",
    names: ["guile*"],
    symbols: ["scm_boot_guile"],
    libraries: ["libguile"],
  },
  {
    name: "awk",
    category: "language",
    names: ["awk", "gawk*", "mawk*", "nawk", "original-awk"],
    texts: ["mawk %d.%d", "GNU Awk", "out of memory in awkprintf"],
  },
  {
    name: "dpkg",
    category: "package-manager",
    names: ["dpkg", "dpkg-deb", "dpkg-query"],
    texts: [
      "package management program version",
      "package archive backend version",
      "package management program query tool version",
    ],
  },
  {
    name: "apt",
    category: "package-manager",
    names: ["apt", "apt-get", "apt-cache", "aptitude"],
    libraries: ["libapt-pkg"],
  },
  {
    name: "rpm",
    category: "package-manager",
    names: ["rpm", "rpm2cpio"],
    libraries: ["librpm.", "librpmio."],
  },
  {
    name: "dnf",
    category: "package-manager",
    names: ["yum", "dnf*", "microdnf"],
    libraries: ["libdnf"],
  },
  {
    name: "rpm-ostree",
    category: "package-manager",
    names: ["rpm-ostree"],
    libraries: ["librpmostree"],
  },
  { name: "zypper", category: "package-manager", names: ["zypper"], libraries: ["libzypp"] },
  { name: "pacman", category: "package-manager", names: ["pacman"], libraries: ["libalpm"] },
  { name: "apk", category: "package-manager", names: ["apk"], libraries: ["libapk"] },
  {
    name: "other package manager",
    category: "package-manager",
    names: ["opkg", "snap", "flatpak", "nix", "guix", "pip*", "npm", "gem*"],
  },
  {
    name: "openssh",
    category: "ssh",
    names: ["sshd", "ssh", "scp", "sftp", "sftp-server", "sshd-session"],
    texts: ["OpenSSH_"],
  },
  {
    name: "dropbear",
    category: "ssh",
    names: ["dropbear", "dbclient"],
    texts: ["SSH-2.0-dropbear"],
  },
  { name: "telnetd", category: "ssh", names: ["telnetd", "in.telnetd", "rshd", "rlogind"] },
  { name: "getty", category: "login", names: ["agetty", "getty", "mingetty", "fgetty"] },
  { name: "login", category: "login", names: ["login", "sulogin"] },
  {
    name: "gcc",
    category: "compiler",
    names: ["gcc*", "cc", "c++", "g++*", "cc1", "tcc"],
    texts: ["COLLECT_GCC_OPTIONS"],
  },
  { name: "clang", category: "compiler", names: ["clang*"], libraries: ["libclang"] },
  { name: "go", category: "compiler", names: ["go", "gofmt"] },
  { name: "make", category: "compiler", names: ["make", "cmake", "ninja"] },
  {
    name: "binutils",
    category: "compiler",
    names: ["ld", "ld.bfd", "ld.gold", "ld.lld", "as", "objdump", "readelf", "nm", "strip"],
    libraries: ["libbfd", "libopcodes"],
  },
  {
    name: "gdb",
    category: "debug-tool",
    names: ["gdb*", "gdbserver", "lldb*"],
    texts: ["GDB was configured"],
  },
  { name: "strace", category: "debug-tool", names: ["strace", "ltrace"], texts: ["PTRACE_SEIZE"] },
  {
    name: "bpftrace",
    category: "debug-tool",
    names: ["bpftrace", "perf", "bpftool"],
    libraries: ["libbcc."],
  },
  {
    name: "tcpdump",
    category: "network-tool",
    names: ["tcpdump", "tshark", "dumpcap"],
    libraries: ["libpcap"],
  },
  {
    name: "netcat",
    category: "network-tool",
    names: ["nc", "nc.*", "ncat", "netcat", "socat"],
    texts: ["OpenBSD netcat"],
  },
  {
    name: "upx",
    category: "packer",
    names: ["upx", "upx-ucl"],
    texts: ["$Info: This file is packed with the UPX"],
  },
];
