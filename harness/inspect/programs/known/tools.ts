import type { KnownProgram } from "../known-program.ts";

/** Claim C24. */
export const tools: readonly KnownProgram[] = [
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
  {
    name: "strace",
    category: "debug-tool",
    names: ["strace", "ltrace"],
    texts: ["The strace developers"],
  },
  {
    name: "bpftrace",
    category: "debug-tool",
    names: ["bpftrace", "perf", "bpftool"],
    libraries: ["libbcc."],
    texts: ["BPFTRACE_MAX_STRLEN"],
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
    texts: ["OpenBSD netcat", "socat by Gerhard Rieger"],
  },
  {
    name: "upx",
    category: "packer",
    names: ["upx", "upx-ucl"],
    texts: ["$Info: This file is packed with the UPX"],
  },
];
