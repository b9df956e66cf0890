import { expect, test } from "vitest";
import { resolveImage } from "../../images/catalog.ts";
import { withFirmware } from "./firmware-option.ts";

test("an image is booted by the firmware that was asked for, else by its manifest's", () => {
  const image = resolveImage("reference");
  const asked = [undefined, "bios", "uefi"] as const;
  expect(asked.map((firmware) => withFirmware(image, firmware).manifest.machine.boot)).toEqual([
    { kind: "firmware", firmware: "bios" },
    { kind: "firmware", firmware: "bios" },
    { kind: "firmware", firmware: "uefi" },
  ]);
});

test("an image that boots its kernel directly has no firmware to choose", () => {
  expect(() => withFirmware(resolveImage("probe"), "uefi")).toThrow(
    "--firmware uefi: probe boots its kernel directly",
  );
});
