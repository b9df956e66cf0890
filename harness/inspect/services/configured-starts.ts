// Other files that make the system start something: udev rules, modprobe.d, sysctl.d, binfmt.d, D-Bus, container runtimes'
// hooks.
import type { ImageView } from "../image-view.ts";
import type { NamedStart } from "./named-start.ts";

interface StartSource {
  readonly directories: readonly string[];
  readonly suffix: string;
  readonly starts: (text: string) => readonly Omit<NamedStart, "file">[];
}

const sources: readonly StartSource[] = [
  {
    directories: ["/etc/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d"],
    suffix: ".rules",
    // udev(7): PROGRAM, RUN and IMPORT{program}; a name without a slash is looked for in udev's own directory.
    starts: (text) =>
      matches(
        text,
        /\b(PROGRAM|RUN(?:\{program\})?|IMPORT\{program\})\s*(?:==|!=|\+=|:=|=)\s*"((?:[^"\\]|\\.)*)"/g,
      ).map((start) => ({ ...start, places: ["/usr/lib/udev"] })),
  },
  {
    directories: ["/etc/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d"],
    suffix: ".conf",
    // modprobe.d(5): both are run by system(3), through /bin/sh.
    starts: (text) =>
      matches(text, /^[ \t]*(install|remove)[ \t]+(\S+[ \t]+.+)$/g).map((start) => ({
        ...start,
        isShellCommand: true,
      })),
  },
  {
    directories: ["/etc/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"],
    suffix: ".conf",
    // kernel Documentation/admin-guide/sysctl/kernel.rst: programs that the kernel starts by itself.
    starts: (text) =>
      matches(
        text,
        /^[ \t]*-?(kernel[./](?:core_pattern|modprobe|hotplug|poweroff_cmd))[ \t]*=[ \t]*\|?[ \t]*(\/.*)$/g,
      ),
  },
  {
    directories: ["/etc/binfmt.d", "/usr/local/lib/binfmt.d", "/usr/lib/binfmt.d"],
    suffix: ".conf",
    // binfmt.d(5): the first character separates the fields; the last but one is the interpreter.
    starts: (text) =>
      matches(text, /^(\S)[^\n]*$/g).flatMap(({ line, key: separator }) => {
        const fields = (text.split("\n")[line - 1] ?? "").split(separator);
        const command = fields[6] ?? "";
        return command === "" ? [] : [{ line, key: "interpreter", command }];
      }),
  },
  {
    directories: ["/etc/dbus-1/system-services", "/usr/share/dbus-1/system-services"],
    suffix: ".service",
    // dbus-daemon(1): where a unit is named, systemd starts that; /bin/false stands for "only systemd does".
    starts: (text) =>
      /^SystemdService=/m.test(text)
        ? []
        : matches(text, /^(Exec)=(.*)$/g).filter(({ command }) => command !== "/bin/false"),
  },
  {
    directories: [
      "/etc/containerd",
      "/etc/containers/oci/hooks.d",
      "/usr/share/containers/oci/hooks.d",
    ],
    suffix: ".json",
    // OCI runtime specification, "POSIX-platform Hooks"; devices have a "path" too.
    starts: (text) => matches(text, /"(path)"\s*:\s*"(\/(?!dev\/)[^"]*)"/g),
  },
  {
    directories: ["/etc/containerd", "/etc/containerd/conf.d"],
    suffix: ".toml",
    starts: (text) =>
      matches(text, /\b(binary_name|BinaryName|command)\s*=\s*["'](\/[^"']*)["']/gi),
  },
];

/** Commands in configuration files other than units. */
export const configuredStarts = (view: ImageView): readonly NamedStart[] =>
  sources.flatMap(({ directories, suffix, starts }) =>
    directories
      .flatMap((directory) => view.childrenOf(directory))
      .filter(({ path }) => path.endsWith(suffix))
      .flatMap(({ path }) =>
        starts(view.textOf(path) ?? "").map((start) => ({ ...start, file: path })),
      ),
  );

/** Key and command of every match that is not in a comment. */
const matches = (text: string, pattern: RegExp): readonly Omit<NamedStart, "file">[] =>
  text.split("\n").flatMap((line, index) =>
    /^\s*[#;]/.test(line)
      ? []
      : [...line.matchAll(pattern)].map(([, key = "", command = ""]) => ({
          line: index + 1,
          key,
          command,
        })),
  );
