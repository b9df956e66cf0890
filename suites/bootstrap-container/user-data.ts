import { profile } from "../../harness/index.ts";

// Programs for /bin/sh of a container whose image has busybox. They leave what they saw and did in files of the host.

const expected = profile().bootstrapContainers;

/** Where user data leaves its reports. */
export const reportDirectory: string = `${expected?.volumes[0] ?? "/etc"}/bootwright-user-data`;

/** The name of files that user data makes where it may and where it may not. */
export const madeFile = {
  /** In the host's directories that it shares. */
  shared: "bootwright-made",
  /** At whatever is mounted in its container. */
  own: "bootwright-made-in-container",
  /** In the host's own mounts, which it gets at by the host's first process. */
  host: "bootwright-made-in-host",
} as const;

/** Stands in the files that user data appends to. */
export const appendedText = "# appended by user data";

/** Made and started by user data; it does nothing. */
export const startedUnit = "bootwright-user-data.target";

const start = (report: string): string => `#!/bin/sh
mkdir -p ${reportDirectory}
say() { echo "$*" >>${reportDirectory}/${report}; }
now() { cut -d ' ' -f 1 /proc/uptime; }
say "run $(cat /proc/sys/kernel/random/boot_id) $(now)"
say "mnt $(readlink /proc/self/ns/mnt)"
say "root $(awk '$5 == "/"' /proc/self/mountinfo | tail -n 1)"
`;

/** Looks around, tries what it may and what it may not, leaves a process behind, and ends well. */
export const curious = (report: string): string => `${start(report)}
for kind in net pid; do say "$kind $(readlink /proc/self/ns/$kind)"; done
say "capabilities $(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)"
try() { what=$1; shift; if "$@" 2>/dev/null; then say "try $what done"; else say "try $what refused"; fi; }
make() { echo made >"$1"; }
append() { echo '${appendedText}' >>"$1"; }
for d in ${words(expected?.volumes)}; do try "volume $d" make "$d/${madeFile.shared}"; done
for f in ${words(expected?.ownFiles)}; do try "append $f" append "$f"; done
for m in $(awk '{ print $5 }' /proc/self/mountinfo); do
  for d in ${words(expected?.readOnly)}; do
    if [ -d "$m$d" ]; then
      mount -o remount,rw,bind "$m$d" 2>/dev/null
      try "own $m $d" make "$m$d/${madeFile.own}"
    fi
  done
done
for d in ${words(expected?.readOnly)}; do
  nsenter -t 1 -m -- /usr/bin/mount -o remount,rw "$d" 2>/dev/null
  try "host $d" make "/proc/1/root$d/${madeFile.host}"
done
printf '[Unit]\\nDefaultDependencies=no\\n' >/etc/systemd/system/${startedUnit}
try systemctl systemctl start ${startedUnit}
setsid sleep 100000 </dev/null >/dev/null 2>&1 &
say "end $(now)"
`;

/** Says that it ran and where, and no more. */
export const brief = (report: string): string => start(report);

/** Goes on for so long, says so, and fails. */
export const enduring = (report: string, seconds: number): string =>
  `${start(report)}sleep ${seconds}\nsay "end $(now)"\nexit ${enduringStatus}\n`;
export const enduringStatus = 3;

/** Fails. */
export const failing = (status: number): string => `#!/bin/sh\nexit ${status}\n`;

const words = (paths: readonly string[] = []): string =>
  paths.map((path) => `'${path.replaceAll("'", `'\\''`)}'`).join(" ");
