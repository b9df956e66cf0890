import type { Boot, UefiBoot } from "../machine-spec.ts";
import { type KeyValue, keyval } from "./keyval.ts";

/** What is started first: the firmware's boot order, OVMF's two flash chips, or a kernel with its command line. */
export const bootOptions = (boot: Boot): readonly string[] => {
  if (boot.kind === "kernel") {
    return [
      ...["-kernel", boot.kernel],
      ...(boot.initrd === undefined ? [] : ["-initrd", boot.initrd]),
      ...["-append", boot.commandLine],
    ];
  }
  // strict: only disks with a bootindex are tried, so a broken image is not hidden by the next disk.
  const order = ["-boot", keyval(undefined, ["menu", false], ["strict", true])];
  return boot.firmware === "bios" ? order : [...order, ...flashOptions(boot)];
};

/** Machine properties that plug the flash chips in, and have system management mode for them; empty unless UEFI. */
export const flashNames = (boot: Boot): readonly KeyValue[] =>
  boot.kind === "firmware" && boot.firmware === "uefi"
    ? [
        ...(boot.secureBoot ? [["smm", true] as const] : []),
        ["pflash0", "firmware-code"],
        ["pflash1", "firmware-vars"],
      ]
    : [];

const flashOptions = (boot: UefiBoot): readonly string[] => [
  ...["-blockdev", flash("firmware-code", boot.code, { isReadOnly: true })],
  ...["-blockdev", flash("firmware-vars", boot.vars, { isReadOnly: false })],
  // Writes from outside system management mode are refused (edk2 OvmfPkg/README, "SMM_REQUIRE").
  ...(boot.secureBoot
    ? [
        "-global",
        keyval(undefined, ["driver", "cfi.pflash01"], ["property", "secure"], ["value", true]),
      ]
    : []),
];

const flash = (nodeName: string, path: string, { isReadOnly }: { isReadOnly: boolean }): string =>
  keyval(
    undefined,
    ["driver", "raw"],
    ["node-name", nodeName],
    ["read-only", isReadOnly],
    ["file.driver", "file"],
    ["file.filename", path],
  );
