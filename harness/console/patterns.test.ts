import { describe, expect, test } from "vitest";
import { classifyLine } from "./classify.ts";
import type { ConsolePhase } from "./console-phase.ts";
import { matchingPattern, mayTell } from "./pattern-matcher.ts";
import { type PatternId, patternIds, patterns } from "./patterns.ts";

interface Samples {
  readonly phase: ConsolePhase;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const samples: Readonly<Record<PatternId, Samples>> = {
  "no-bootable-device": {
    phase: "firmware",
    yes: ["No bootable device.", "BdsDxe: No bootable option or device was found."],
    no: ["Boot failed: not a bootable disk", "Booting from Hard Disk..."],
  },
  "uefi-shell": {
    phase: "firmware",
    yes: ["UEFI Interactive Shell v2.2", "Shell> "],
    no: ['BdsDxe: loading Boot0002 "EFI Internal Shell" from Fv(7CB8BDC9)'],
  },
  "uefi-boot-option": {
    phase: "firmware",
    yes: [
      'BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM QM00003 " from PciRoot(0x0)/Pci(0x1F,0x2): Not Found',
      'BdsDxe: failed to start Boot0002 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x3,0x0): Access Denied',
    ],
    no: ['BdsDxe: starting Boot0002 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x3,0x0)'],
  },
  "grub-prompt": {
    phase: "loader",
    yes: [
      "grub rescue> ",
      "Entering rescue mode...",
      "grub> ",
      "   Minimal BASH-like line editing is supported. For the first word, TAB",
    ],
    no: ["Welcome to GRUB!", "Loading Linux 6.12.48+deb13-amd64 ..."],
  },
  "signature-refused": {
    phase: "loader",
    yes: [
      "error: bad shim signature.",
      "error: ../../grub-core/kern/efi/sb.c:182:bad shim signature.",
      "error: prohibited by secure boot policy.",
      "error: /boot/vmlinuz has invalid signature.",
    ],
    no: ["error: no such device: bad shim signature.", "bad shim signature", "Loading Linux"],
  },
  "grub-error": {
    phase: "loader",
    yes: [
      "error: no such device: 5f9c-1d2e.",
      "error: ../../grub-core/fs/fshelp.c:257:file `/boot/vmlinuz' not found.",
    ],
    no: ["Loading initial ramdisk ...", "error: "],
  },
  "root-missing": {
    phase: "initrd",
    yes: [
      "ALERT!  UUID=7d3f2c10-0000-4000-8000-1d2e does not exist.  Dropping to a shell!",
      "Gave up waiting for root file system device.  Common problems:",
      "[   185.301220] dracut-initqueue[321]: Warning: Could not boot.",
    ],
    no: ["Gave up waiting for suspend/resume device", "Begin: Mounting root file system ... done."],
  },
  "dracut-fatal": {
    phase: "initrd",
    yes: [
      "[    4.102220] dracut: FATAL: Don't know how to handle 'root=block:/dev/nope'",
      "[    4.102301] dracut: Refusing to continue",
      "dracut[214]: Refusing to continue",
    ],
    no: ["[    1.902220] dracut: dracut-106", "[    3.100000] dracut: Switching root"],
  },
  "emergency-shell": {
    phase: "userspace",
    yes: [
      'You are in emergency mode. After logging in, type "journalctl -xb" to view',
      "Welcome to emergency mode! After logging in, type",
      "Entering emergency mode. Exit the shell to continue.",
      "Give root password for maintenance",
      "Press Enter for maintenance",
      "Cannot open access to console, the root account is locked.",
      "(initramfs) ",
      "dracut:/# ",
      "[  OK  ] Reached target emergency.target - Emergency Mode.",
    ],
    no: [
      "[  OK  ] Started systemd-ask-password-console.path - Dispatch Password Requests.",
      "agent: no sign of 'You are in emergency mode'",
      "[  OK  ] Reached target multi-user.target - Multi-User System.",
    ],
  },
  "emulator-timer": {
    phase: "kernel",
    yes: [
      "[    0.103201] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug and send a report.  Then try booting with the 'noapic' option.",
    ],
    no: ["[    0.099823] ..MP-BIOS bug: 8254 timer not connected to IO-APIC"],
  },
  "emulator-timer-lost": {
    phase: "kernel",
    yes: [
      "[   22.059730] rcu: rcu_preempt kthread timer wakeup didn't happen for 5251 jiffies! g-1155 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402",
    ],
    no: [
      "[   22.065460] rcu: rcu_preempt kthread starved for 5252 jiffies! g-1155 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=1",
      "[    0.130000] rcu: Preemptible hierarchical RCU implementation.",
    ],
  },
  "emulator-eflags": {
    phase: "kernel",
    yes: [
      "[    2.310012] RSP: 0018:ffffb0c4c0013d38 EFLAGS: c1a65fe2",
      "[    2.310012] RSP: 0018:ffffb0c4c0013d38 EFLAGS: 048ebb42 ORIG_RAX: ffffffffffffffff",
    ],
    no: [
      "[    2.310012] RSP: 0018:ffffb0c4c0013d38 EFLAGS: 00010246",
      "[    2.310012] RSP: 002b:00007ffd9a1c2b08 EFLAGS: 00200297 ORIG_RAX: 0000000000000010",
    ],
  },
  "no-root": {
    phase: "kernel",
    yes: [
      "[    1.802201] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    ],
    no: ['[    1.802190] VFS: Cannot open root device "vda9" or unknown-block(0,0): error -6'],
  },
  "no-init": {
    phase: "kernel",
    yes: [
      "[    1.900000] Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.",
      "[    1.900000] Kernel panic - not syncing: Requested init /sbin/nope failed (error -2).",
    ],
    no: ["[    1.890000] Failed to execute /sbin/nope (error -2)"],
  },
  "init-died": {
    phase: "userspace",
    yes: ["[    3.400000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00"],
    no: [
      "[    3.400000] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00 ]---",
    ],
  },
  "kernel-panic": {
    phase: "userspace",
    yes: [
      "[   12.345678] Kernel panic - not syncing: sysrq triggered crash",
      "[   12.345678][    T1] Kernel panic - not syncing: Fatal exception",
      "localhost login: [   12.345678] Kernel panic - not syncing: hung_task: blocked tasks",
    ],
    no: [
      "Kernel panic - not syncing: printed by a program",
      "[   12.345678] bash[123]: Kernel panic - not syncing: written to kmsg",
      "[   12.345678] pstore: earlier record: Kernel panic - not syncing: old",
      "Nov 21 22:59:26 node kernel: [    5.123456] Kernel panic - not syncing: old",
      "[   12.345678] Kernel command line: panic=-1",
      "[  OK  ] Started kernel-panic.service - Kernel panic - not syncing.",
    ],
  },
  "soft-lockup": {
    phase: "userspace",
    yes: [
      "[   52.100000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]",
      "[   52.100000] BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!",
      "[   52.100000] watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3",
      "[   52.100000] NMI watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3",
    ],
    no: ["[    0.400000] NMI watchdog: Perf NMI watchdog permanently disabled"],
  },
  oops: {
    phase: "userspace",
    yes: [
      "[    5.000001] BUG: kernel NULL pointer dereference, address: 0000000000000008",
      "[    5.000001] BUG: unable to handle page fault for address: ffffb0c4c0013d38",
      "[    5.000001] Oops: 0002 [#1] PREEMPT SMP NOPTI",
      "[    5.000001] Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI",
      "[    5.000001] kernel BUG at mm/slub.c:448!",
      "[    5.000001] general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] PREEMPT SMP",
      "[    5.000001] invalid opcode: 0000 [#1] SMP NOPTI",
      "[    5.000001] traps: PANIC: double fault, error_code: 0x0",
    ],
    no: [
      "Oops: a program says so",
      "[    5.000001] traps: foo[12] general protection fault ip:55d0 sp:7ffe error:0 in foo[55d0+1000]",
      "[    5.000001] DEBUG: nothing",
      "[    5.000001] oopsd[9]: Oops: from kmsg",
    ],
  },
  "kernel-warning": {
    phase: "kernel",
    yes: [
      "[    1.000000] WARNING: CPU: 0 PID: 1 at kernel/time/timer.c:1234 del_timer+0x10/0x20",
      "[    1.000000] WARNING: kernel/time/timer.c:1234 at del_timer+0x10/0x20, CPU#0: swapper/1",
    ],
    no: ["[    1.000000] WARNING: Spectre v2 mitigation leaves CPU vulnerable"],
  },
  "hung-task": {
    phase: "userspace",
    yes: ["[  242.100000] INFO: task kworker/u4:1:31 blocked for more than 120 seconds."],
    no: [
      '[  242.100000] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
    ],
  },
  "rcu-stall": {
    phase: "kernel",
    yes: [
      "[   26.100000] rcu: INFO: rcu_preempt self-detected stall on CPU",
      "[   26.100000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
      "[   26.100000] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }",
    ],
    no: ["[    0.010000] rcu: Preemptible hierarchical RCU implementation."],
  },
  "out-of-memory": {
    phase: "userspace",
    yes: [
      "[   30.100000] Out of memory: Killed process 412 (containerd) total-vm:1263104kB, anon-rss:48000kB",
    ],
    no: [
      "[   30.100000] Memory cgroup out of memory: Killed process 412 (stress) total-vm:1263104kB",
      "[   30.100000] stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=1000",
    ],
  },
  "verity-corruption": {
    phase: "userspace",
    yes: ["[    6.100000] device-mapper: verity: 254:2: data block 12345 is corrupted"],
    no: ['[    1.100000] device-mapper: verity: sha256 using implementation "sha256-ni"'],
  },
  "filesystem-error": {
    phase: "userspace",
    yes: [
      "[    6.100000] EXT4-fs error (device vda1): ext4_lookup:1855: inode #2: comm ls: deleted inode referenced: 12",
      "[    6.100000] EXT4-fs (vda1): Remounting filesystem read-only",
      "[    6.100000] XFS (vdb1): Metadata corruption detected at xfs_agf_verify+0x1/0x2",
      "[    6.100000] BTRFS critical (device vda1): corrupt leaf",
      "[    6.100000] JBD2: Detected IO errors while flushing file data, aborting",
    ],
    no: [
      "[    2.100000] EXT4-fs (vda1): mounted filesystem 7d3f2c10 ro with ordered data mode. Quota mode: none.",
      "[    2.100000] EXT4-fs (vda1): re-mounted 7d3f2c10 r/w. Quota mode: none.",
    ],
  },
  "io-error": {
    phase: "userspace",
    yes: [
      "[    6.100000] I/O error, dev vda, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
      "[    6.100000] Buffer I/O error on dev vda1, logical block 0, async page read",
      "[    6.100000] critical medium error, dev sda, sector 8 op 0x0:(READ)",
      "[    6.100000] sd 2:0:0:0: rejecting I/O to offline device",
    ],
    no: ["[    6.100000] blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ)"],
  },
  "initramfs-broken": {
    phase: "kernel",
    yes: [
      "[    0.700000] Initramfs unpacking failed: invalid magic at start of compressed archive",
    ],
    no: ["[    0.700000] Unpacking initramfs..."],
  },
  "program-fault": {
    phase: "userspace",
    yes: [
      "[    9.100000] crasher[412]: segfault at 0 ip 0000560d5e1c9131 sp 00007ffd9 error 6 in crasher[560d5e1c9000+1000]",
      "[    9.100000] traps: init[1] trap invalid opcode ip:401000 sp:7ffe error:0 in init[401000+1000]",
    ],
    no: ["a segfault at 0 ip 0 is what this program talks about"],
  },
  "cpu-model": {
    phase: "initrd",
    yes: [
      "Fatal glibc error: CPU does not support x86-64-v2",
      "/sbin/init: CPU does not support x86-64-v3",
    ],
    no: ["[    0.000000] x86/cpu: CPU supports x86-64-v2"],
  },
  "systemd-frozen": {
    phase: "userspace",
    yes: [
      "[    4.100000] systemd[1]: Freezing execution.",
      "[    4.100000] systemd[1]: Caught <SEGV>, dumped core as pid 113.",
      "[!!!!!!] Failed to mount API filesystems, freezing.",
      "[!!!!!!] Failed to mount API filesystems.Freezing execution.",
    ],
    no: ["[    4.100000] PM: suspend: Freezing user space processes"],
  },
  "dependency-failed": {
    phase: "userspace",
    yes: [
      "[DEPEND] Dependency failed for data.mount - /data.",
      "[    4.100000] systemd[1]: Dependency failed for data.mount - /data.",
    ],
    no: ["app: Dependency failed for reasons unknown"],
  },
  "failed-unit": {
    phase: "userspace",
    yes: [
      "[FAILED] Failed to start containerd.service - containerd container runtime.",
      "[ TIME ] Timed out waiting for device dev-vdb.device - /dev/vdb.",
      "[    4.100000] systemd[1]: containerd.service: Failed with result 'exit-code'.",
      "[    4.100000] systemd[1]: Failed to start containerd.service - containerd container runtime.",
    ],
    no: [
      "[  OK  ] Started containerd.service - containerd container runtime.",
      "[    4.100000] systemd[1]: Started containerd.service - containerd container runtime.",
      'level=error msg="Failed to start something"',
    ],
  },
  "ordering-cycle": {
    phase: "userspace",
    yes: [
      "[ SKIP ] Ordering cycle found, skipping local-fs.target - Local File Systems",
      "[    4.100000] systemd[1]: a.service: Job b.service/start deleted to break ordering cycle starting with a.service/start",
    ],
    no: ["[    4.100000] systemd[1]: Queued start job for default target multi-user.target."],
  },
  "go-panic": {
    phase: "userspace",
    yes: [
      "panic: runtime error: index out of range [3] with length 3",
      "containerd[312]: panic: assignment to entry in nil map",
      "fatal error: all goroutines are asleep - deadlock!",
    ],
    no: ["don't panic: all is well", "fatal error: repository not found"],
  },
  "core-dump": {
    phase: "userspace",
    yes: ["systemd-coredump[501]: Process 412 (crasher) of user 0 dumped core."],
    no: ["systemd[1]: Started systemd-coredump.socket - Process Core Dump Socket."],
  },
};

describe.each(patternIds.map((id) => ({ id, ...samples[id] })))(
  "pattern $id",
  ({ id, phase, yes, no }) => {
    test.each(yes)("is proven by: %s", (text) => {
      expect(matchingPattern(classifyLine(text, phase))).toBe(id);
      expect(phase === "firmware" || phase === "loader" || mayTell(text)).toBe(true);
    });

    test.each(no)("is not proven by: %s", (text) => {
      expect(matchingPattern(classifyLine(text, phase))).not.toBe(id);
    });
  },
);

test("every row of the table has its place in the order", () => {
  expect(patternIds.toSorted()).toEqual(Object.keys(patterns).toSorted());
});
