// The lines by which boot phases are told. All are anchored: quoted text is no marker.

/** How the lines that the regexes below match can begin, once the kernel runs; before that every line is tried. */
export const phaseStarts: readonly string[] = [
  "SeaBIOS (version ",
  "BdsDxe: ",
  "GRUB loading",
  "Welcome to ",
  "Linux version ",
  "Run /",
  "systemd[1]: ",
  "INIT: version ",
  "Loading, please wait",
  "Begin: ",
];
export const phaseTexts: readonly string[] = ["OpenRC ", "login: "];

// SeaBIOS src/bootsplash.c (also through sgabios), edk2 BdsDxe.
export const firmwareBanner: RegExp = /^(?:SeaBIOS \(version |BdsDxe: (?:loading|starting) Boot)/;
export const seabiosBanner: RegExp = /^SeaBIOS \(version /;

// GRUB boot/i386/pc/diskboot.S, kern/main.c, normal/main.c, loader messages; systemd-boot's menu; isolinux.
export const loaderBanner: RegExp = /^(?:GRUB loading|Welcome to GRUB!)/;
export const loaderLine: RegExp =
  /^(?:GRUB |Welcome to GRUB!|\s*GNU GRUB {2}version|Loading (?:Linux |initial ramdisk)|Booting `|\s*Booting a command list|BdsDxe: starting Boot|Boot in \d+ s|(?:ISO|SYS|EXT)LINUX |error: \S|grub(?: rescue)?> )/;

// The kernel image speaks before it has a clock: EFI stub and decompressor.
export const kernelLine: RegExp =
  /^(?:Linux version \d|EFI stub: |early console in |Decompressing Linux|Booting the kernel)/;
export const kernelBanner: RegExp = /^Linux version \d/;

// init/main.c: run_init_process(). /init is the initramfs' program; anything else was found on a mounted root.
export const initrdStarts: RegExp = /^Run \/init as init process/;
export const rootInitStarts: RegExp = /^Run \/\S+ as init process/;

// systemd src/core/main.c. The first line comes both in the initrd and on the root; "Running in initrd." follows it
// only in the initrd.
export const systemdStarts: RegExp = /^systemd\[1\]: systemd \S+.* running in system mode/;
export const systemdInInitrd: RegExp = /^systemd\[1\]: Running in (?:initrd|initial RAM disk)/;
export const systemdUndecided: RegExp = /^systemd\[1\]: Detected /;
export const systemdLine: RegExp = /^systemd\[1\]: /;
/** os-release of an initrd built by dracut or mkosi ends in "(Initramfs)". */
export const welcomeInitrd: RegExp = /^Welcome to .*\([Ii]nit(?:ramfs|rd)\)!$/;
export const initramfsToolsLine: RegExp = /^(?:Loading, please wait\.\.\.|Begin: )/;
export const welcome: RegExp = /^Welcome to (?!GRUB!|emergency|rescue).*!$/;
export const otherInit: RegExp =
  /^(?:(?:\s*OpenRC \S+ is starting up)|INIT: version \S+ booting|\S+ login: )/;
