import { error, type FailurePattern, fatal, fromKernel, warning } from "./failure-pattern.ts";

// kernel/panic.c prints the first one instead of the second when it is going to reboot.
const panicEnd = /^(?:Rebooting in \d+ seconds|---\[ end Kernel panic)/;
const oopsEnd = /^---\[ end trace/;
const taskEnd = /^ ?<\/TASK>/;
const fatalPanic = {
  gravity: fatal("panic"),
  sources: fromKernel,
  starts: ["Kernel panic - not syncing"],
  traceEnd: panicEnd,
} as const;

/** What the kernel says about itself. Every regex is anchored: a record that quotes such text is not one. */
export const kernelPatterns: Readonly<Record<(typeof kernelPatternIds)[number], FailurePattern>> = {
  "emulator-timer": {
    ...fatalPanic,
    title: "The emulated timer did not tick while the kernel calibrated it",
    gravity: fatal("emulator-fault"),
    regex: /^Kernel panic - not syncing: IO-APIC \+ timer doesn't work!/,
    note: "arch/x86/kernel/apic/io_apic.c compares with host time, which a loaded host under TCG breaks; `no_timer_check` avoids it",
  },
  "emulator-timer-lost": {
    title: "A timer of a sleeping processor never fired",
    gravity: fatal("emulator-fault"),
    sources: fromKernel,
    starts: ["rcu: rcu_"],
    regex: /^rcu: rcu_\w+ kthread timer wakeup didn't happen for \d+ jiffies!/,
    note: "kernel/rcu/tree_stall.h: rcu_check_gp_kthread_expired_fqs_timer(). Seen under QEMU 10.0.13 TCG: a vCPU halts in its idle loop, and its local APIC timer is not heard of again",
  },
  "emulator-eflags": {
    title: "The emulator loaded garbage into EFLAGS",
    gravity: fatal("emulator-fault"),
    sources: fromKernel,
    starts: ["RSP: ", "EFLAGS: "],
    regex: /^(?:RSP: \S+ )?EFLAGS: (?!00[0-3])[0-9a-f]{8}(?: |$)/,
    note: "Intel SDM 3.4.3: bits 22-31 are reserved and read as 0, so no guest can set them. QEMU 7.2 TCG does after cmpxchg16b; stands inside an oops",
  },
  "no-root": {
    ...fatalPanic,
    title: "The kernel could not mount the root file system",
    regex: /^Kernel panic - not syncing: VFS: Unable to mount root fs/,
    note: "init/do_mounts.c",
  },
  "no-init": {
    ...fatalPanic,
    title: "The kernel found no init program it could run",
    regex:
      /^Kernel panic - not syncing: (?:No working init found|No init found|Requested init .* failed)/,
    note: "init/main.c: kernel_init()",
  },
  "init-died": {
    ...fatalPanic,
    title: "PID 1 ended, which the kernel does not survive",
    regex: /^Kernel panic - not syncing: Attempted to kill init!/,
    note: "kernel/exit.c; the exit code is in the text",
  },
  "kernel-panic": {
    ...fatalPanic,
    title: "The kernel panicked",
    regex: /^Kernel panic - not syncing\b/,
    note: "kernel/panic.c; the `---[ end Kernel panic` line repeats the text and is not one",
  },
  "soft-lockup": {
    title: "A CPU or a work queue was stuck",
    gravity: error("watchdog"),
    sources: fromKernel,
    starts: ["watchdog: ", "NMI watchdog: ", "BUG: "],
    regex:
      /^(?:(?:watchdog: )?BUG: (?:soft|workqueue) lockup|(?:NMI )?watchdog: (?:CPU\d+: )?Watchdog detected hard LOCKUP)/,
    traceEnd: taskEnd,
    note: "kernel/watchdog.c, kernel/workqueue.c. A host that steals time causes it too; 'Perf NMI watchdog permanently disabled' is harmless",
  },
  oops: {
    title: "The kernel hit a fault of its own",
    gravity: fatal("oops"),
    sources: fromKernel,
    starts: [
      "BUG: ",
      "kernel BUG at ",
      "Oops: ",
      "traps: PANIC",
      "PANIC: double fault",
      "general protection fault",
      "double fault",
      "invalid opcode",
      "divide error",
      "stack segment",
    ],
    regex:
      /^(?:BUG: |kernel BUG at |Oops: |(?:traps: )?PANIC: double fault|(?:general protection fault|double fault|invalid opcode|divide error|stack segment)\b.*\[#\d+\])/,
    traceEnd: oopsEnd,
    note: "arch/x86/kernel/dumpstack.c, arch/x86/mm/fault.c, lib/bug.c; a program's fault reads 'traps: name[pid] general protection fault'",
  },
  "kernel-warning": {
    title: "The kernel warned about itself",
    gravity: warning,
    sources: fromKernel,
    starts: ["WARNING: "],
    regex: /^WARNING: (?:CPU: \d+ PID: \d+ at |\S+:\d+ at )/,
    traceEnd: oopsEnd,
    note: "kernel/panic.c: __warn()",
  },
  "hung-task": {
    title: "A task was blocked for minutes",
    gravity: error("hang"),
    sources: fromKernel,
    starts: ["INFO: task "],
    regex: /^INFO: task \S.*blocked (?:in I\/O wait )?for more than \d+ seconds/,
    traceEnd: taskEnd,
    note: "kernel/hung_task.c",
  },
  "rcu-stall": {
    title: "RCU stalled",
    gravity: error("hang"),
    sources: fromKernel,
    starts: ["rcu: INFO: ", "INFO: rcu_"],
    regex: /^(?:rcu: )?INFO: rcu_\w+ (?:self-detected stall|detected (?:expedited )?stalls)/,
    traceEnd: taskEnd,
    note: "kernel/rcu/tree_stall.h; a host that steals time causes it too",
  },
  "out-of-memory": {
    title: "The guest ran out of memory and the kernel killed a process",
    gravity: error(),
    sources: fromKernel,
    starts: ["Out of memory"],
    regex: /^Out of memory(?: \([^)]*\))?: Killed process \d/,
    note: "mm/oom_kill.c. 'Memory cgroup out of memory' is a limit that did its work, and is not one",
  },
  "verity-corruption": {
    title: "dm-verity found a block that is not the signed one",
    gravity: error(),
    sources: fromKernel,
    starts: ["device-mapper: verity: "],
    regex: /^device-mapper: verity: \S+: (?:data|metadata) block \d+ is corrupted/,
    note: "drivers/md/dm-verity-target.c",
  },
  "filesystem-error": {
    title: "A file system is damaged",
    gravity: error(),
    sources: fromKernel,
    starts: ["EXT4-fs ", "JBD2: ", "XFS (", "BTRFS ", "erofs "],
    regex:
      /^(?:EXT4-fs error \(device |EXT4-fs \(\S+\): (?:Remounting filesystem read-only|error loading journal)|JBD2: .*[Aa]bort|XFS \(\S+\): (?:Corruption|Internal error|Metadata corruption)|BTRFS (?:error|critical) |erofs \(device \S+\): .*corrupt)/,
    note: "fs/ext4/super.c, fs/jbd2, fs/xfs/xfs_error.c, fs/btrfs/messages.c, fs/erofs",
  },
  "io-error": {
    title: "A disk reported an I/O error",
    gravity: error(),
    sources: fromKernel,
    starts: ["blk_update_request: ", "I/O error, dev ", "critical ", "Buffer I/O error on dev"],
    anywhere: ["rejecting I/O to offline device"],
    regex:
      /^(?:(?:blk_update_request: )?(?:I\/O|critical \w+) error, dev (?!fd)|Buffer I\/O error on dev(?:ice)? (?!fd)|.{1,40}: rejecting I\/O to offline device)/,
    note: "block/blk-core.c, fs/buffer.c. The floppy controller that QEMU adds by default errs by nature",
  },
  "initramfs-broken": {
    title: "The kernel could not unpack the initramfs",
    gravity: error(),
    sources: fromKernel,
    starts: ["Initramfs unpacking failed"],
    regex: /^Initramfs unpacking failed: /,
    note: "init/initramfs.c",
  },
  "program-fault": {
    title: "A program crashed",
    gravity: warning,
    sources: fromKernel,
    starts: ["traps: "],
    anywhere: ["]: segfault at "],
    regex:
      /^(?:.{1,40}\[\d+\]: segfault at [0-9a-f]+ ip |traps: .{1,40}\[\d+\] (?:trap |general protection))/,
    note: "arch/x86/mm/fault.c: show_signal_msg(), arch/x86/kernel/traps.c",
  },
};

/** In order of precedence: the particular panics stand before the general one. */
export const kernelPatternIds = [
  "emulator-timer",
  "emulator-timer-lost",
  "emulator-eflags",
  "no-root",
  "no-init",
  "init-died",
  "kernel-panic",
  "soft-lockup",
  "oops",
  "kernel-warning",
  "hung-task",
  "rcu-stall",
  "out-of-memory",
  "verity-corruption",
  "filesystem-error",
  "io-error",
  "initramfs-broken",
  "program-fault",
] as const;
