// Other files that make the system start something: udev rules, modprobe.d, sysctl.d, D-Bus, container runtimes' hooks.
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
    directories: [
      "/etc/containerd",
      "/etc/containers/oci/hooks.d",
      "/usr/share/containers/oci/hooks.d",
    ],
    suffix: ".json",
    starts: (text) => matches(text, /"(path)"\s*:\s*"(\/[^"]*)"/g),
  },
  {
    directories: ["/etc/containerd"],
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
