/**
 * What a person would read of one raw console line. Cursor addressing and screen clearing (GRUB's menu, OVMF) cut the
 * line into segments; a bare carriage return overwrites from column 0 within a segment (progress bars).
 * Empty segments are left out.
 */
export const visibleSegments = (line: string): readonly string[] => {
  const uncoloured = line.includes("\u001b[") ? line.replace(colours, "") : line;
  if (!hasControl.test(uncoloured)) return uncoloured === "" ? [] : [uncoloured];
  return uncoloured
    .replace(terminalStrings, "")
    .split(cursorJumps)
    .map((segment) =>
      overwritten(
        segment
          .replace(otherControls, "")
          .replace(lineErasers, eraseMark)
          .replace(otherEscapes, ""),
      ),
    )
    .filter((segment) => segment !== "");
};

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const hasControl = /[\u0000-\u0008\u000a-\u001f\u007f]/;
// By far the most frequent escapes, so they are taken out first.
const colours = /\u001b\[[\d;]*m/g;
// ECMA-48: OSC, DCS, SOS, PM and APC strings. systemd 257 writes OSC 3008 on every console. A string without its
// terminator is not removed: it could hide the rest of the line.
const terminalStrings = /\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
const cursorJumps = /\u001b\[[\d;]*[HfJ]|\u001bc/;
const lineErasers = /\u001b\[[02]?K/g;
const eraseMark = "\u0000";
const otherControls = /[\u0000-\u0008\u000a-\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;
const otherEscapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])?/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: see above

const overwritten = (segment: string): string =>
  segment.split("\r").reduce((shown, written) => {
    if (written.includes(eraseMark)) return written.replaceAll(eraseMark, "");
    return written.length >= shown.length ? written : written + shown.slice(written.length);
  }, "");
