import {
  error,
  type FailurePattern,
  fatal,
  fromBootFirmware,
  fromPrograms,
  warning,
} from "./failure-pattern.ts";

/** Failures before the kernel runs, and of the initrd that should find the root file system. */
export const bootStagePatterns: Readonly<
  Record<(typeof bootStagePatternIds)[number], FailurePattern>
> = {
  "no-bootable-device": {
    title: "The firmware found nothing to boot",
    gravity: fatal("hang"),
    sources: fromBootFirmware,
    starts: [],
    regex: /^(?:No bootable device\.|BdsDxe: No bootable option or device was found)/,
    note: "SeaBIOS src/boot.c; edk2 BdsDxe/BdsEntry.c. Both then wait for ever",
  },
  "uefi-shell": {
    title: "The firmware gave up and started the UEFI shell",
    gravity: fatal("emergency-shell"),
    sources: fromBootFirmware,
    starts: [],
    regex: /^(?:UEFI Interactive Shell v\d|Shell> )/,
    note: "edk2 ShellPkg",
  },
  "uefi-boot-option": {
    title: "A UEFI boot option could not be used",
    gravity: warning,
    sources: fromBootFirmware,
    starts: [],
    regex: /^BdsDxe: failed to (?:load|start) Boot[0-9A-F]{4} /,
    note: "edk2 UefiBootManagerLib; usual for an empty DVD drive that stands earlier in the boot order",
  },
  "grub-prompt": {
    title: "GRUB stopped at its prompt",
    gravity: fatal("emergency-shell"),
    sources: fromBootFirmware,
    starts: [],
    regex: /^(?:grub(?: rescue)?> |Entering rescue mode\.\.\.|\s*Minimal BASH-like line editing)/,
    note: "GRUB kern/rescue_reader.c, kern/rescue_parser.c, normal/main.c",
  },
  "signature-refused": {
    title: "GRUB refused to start what nobody it trusts had signed",
    gravity: fatal("hang"),
    sources: fromBootFirmware,
    starts: [],
    regex:
      /^error: (?:\S+:\d+: ?)?(?:bad shim signature|prohibited by secure boot policy|\S+ has invalid signature)\b/,
    note: "GRUB kern/efi/sb.c, Debian's linuxefi patches. It then waits for a key",
  },
  "grub-error": {
    title: "GRUB reported an error",
    gravity: error(),
    sources: fromBootFirmware,
    starts: [],
    regex: /^error: \S.*\.$/,
    note: "GRUB kern/err.c; since 2.12 with the source line in front of the text",
  },
  "root-missing": {
    title: "The initrd did not find the root file system's device",
    gravity: fatal("emergency-shell"),
    sources: fromPrograms,
    starts: ["ALERT!", "Gave up waiting for root", "dracut-initqueue["],
    regex:
      /^(?:ALERT! .*does not exist\. +Dropping to a shell|Gave up waiting for root|dracut-initqueue\[\d+\]: Warning: Could not boot)/,
    note: "initramfs-tools scripts/local; dracut modules.d/99base/dracut-lib.sh",
  },
  "dracut-fatal": {
    title: "dracut refused to go on",
    gravity: fatal("emergency-shell"),
    sources: fromPrograms,
    starts: ["dracut: ", "dracut["],
    regex: /^dracut(?:\[\d+\])?: (?:FATAL: |Refusing to continue)/,
    note: "dracut modules.d/99base/dracut-lib.sh: die(); also through /dev/kmsg without a pid",
  },
  "emergency-shell": {
    title: "The boot ended in an emergency shell",
    gravity: fatal("emergency-shell"),
    sources: fromPrograms,
    starts: [
      "Welcome to emergency",
      "Welcome to rescue",
      "You are in ",
      "Entering emergency",
      "Press Enter for ",
      "Give root password",
      "Cannot open access",
      "(initramfs)",
      "dracut:/",
      "[  OK  ] Started emergency.",
      "[  OK  ] Started Emergency ",
      "[  OK  ] Reached target emergency.",
      "[  OK  ] Reached target Emergency ",
    ],
    regex:
      /^(?:(?:Welcome to|You are in) (?:emergency|rescue) mode|Entering emergency mode\. Exit the shell|Press Enter for (?:emergency shell|maintenance)|Give root password for (?:emergency|maintenance|system maintenance|login)|Cannot open access to console, the root account is locked|\(initramfs\)(?: |$)|dracut:\/\S*[#$] |\[ {2}OK {2}\] (?:Started|Reached target) (?:emergency\.|Emergency ))/,
    note: "systemd units/emergency.service.in; util-linux sulogin; dracut; the initramfs-tools prompt",
  },
};

/** In order of precedence. */
export const bootStagePatternIds = [
  "no-bootable-device",
  "uefi-shell",
  "uefi-boot-option",
  "grub-prompt",
  "signature-refused",
  "grub-error",
  "root-missing",
  "dracut-fatal",
  "emergency-shell",
] as const;
