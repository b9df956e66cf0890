import { error, type FailurePattern, fatal, fromPrograms, warning } from "./failure-pattern.ts";

/** What PID 1 and other programs say. Any program could print these words; see `needsSecondWitness`. */
export const programPatterns: Readonly<Record<(typeof programPatternIds)[number], FailurePattern>> =
  {
    "cpu-model": {
      title: "The guest needs a wider CPU model than it was given",
      gravity: fatal("emulator-fault"),
      sources: fromPrograms,
      starts: [],
      anywhere: ["CPU does not support x86-64-v"],
      regex: /^(?:Fatal glibc error: |.{1,64}: )?CPU does not support x86-64-v[234]/,
      note: "glibc sysdeps/x86/get-isa-level.h: the machine is at fault and must be booted again with a wider model",
    },
    "systemd-frozen": {
      title: "systemd froze",
      gravity: fatal("hang"),
      sources: fromPrograms,
      starts: ["systemd[1]: ", "[!!!!!!] "],
      regex: /^(?:systemd\[1\]: (?:Freezing execution|Caught <\w+>)|\[!!!!!!\] .*[Ff]reezing)/,
      note: "systemd src/core/main.c and crash-handler.c",
    },
    "dependency-failed": {
      title: "A unit was not started because one that it needs failed",
      gravity: error("failed-unit"),
      sources: fromPrograms,
      starts: ["[DEPEND] ", "systemd[1]: "],
      regex: /^(?:\[DEPEND\] |systemd\[1\]: )Dependency failed for /,
      note: "systemd src/core/job.c",
    },
    "failed-unit": {
      title: "A unit failed",
      gravity: error("failed-unit"),
      sources: fromPrograms,
      starts: ["[FAILED] ", "[ TIME ] ", "systemd[1]: "],
      regex:
        /^(?:\[FAILED\] |\[ TIME \] Timed out |systemd\[1\]: (?:Failed to (?:start|mount|activate|listen) |Timed out (?:starting|mounting|waiting) |\S+: (?:Failed with result |Watchdog timeout )))/,
      note: "systemd src/core/job.c and unit.c: console status and journal line of the same failure",
    },
    "ordering-cycle": {
      title: "systemd dropped a unit to break an ordering cycle",
      gravity: error(),
      sources: fromPrograms,
      starts: ["[ SKIP ] ", "systemd[1]: "],
      regex:
        /^(?:\[ SKIP \] Ordering cycle found, |systemd\[1\]: .*(?:deleted to break ordering cycle|Found ordering cycle))/,
      note: "systemd src/core/transaction.c",
    },
    "go-panic": {
      title: "A Go program panicked",
      gravity: error(),
      sources: fromPrograms,
      starts: ["panic: ", "fatal error: "],
      anywhere: ["]: panic: ", "]: fatal error: "],
      regex:
        /^(?:[\w.@-]{1,64}\[\d+\]: )?(?:panic: \S|fatal error: (?:all goroutines|concurrent map|stack overflow|runtime:|unexpected signal|out of memory))/,
      traceEnd: /^exit status \d+$/,
      note: "Go runtime/panic.go. 'Kernel panic' is spelt otherwise",
    },
    "core-dump": {
      title: "A program dumped core",
      gravity: warning,
      sources: fromPrograms,
      starts: ["systemd-coredump["],
      regex: /^systemd-coredump\[\d+\]: .* dumped core/,
      note: "systemd src/coredump/coredump.c",
    },
  };

/** In order of precedence. */
export const programPatternIds = [
  "cpu-model",
  "systemd-frozen",
  "core-dump",
  "dependency-failed",
  "failed-unit",
  "ordering-cycle",
  "go-panic",
] as const;
