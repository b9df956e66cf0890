import { expect, test } from "vitest";
import { parseQemuVersion } from "./qemu-version.ts";

test.each([
  [
    "QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)\nCopyright (c) …",
    { major: 10, minor: 0, micro: 13, text: "10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)" },
  ],
  ["qemu-img version 7.2.22", { major: 7, minor: 2, micro: 22, text: "7.2.22" }],
])("%s is read", (output, version) => {
  expect(parseQemuVersion(output)).toEqual(version);
});

test("another program's output is refused with what was seen", () => {
  expect(() => parseQemuVersion("busybox v1.37")).toThrow('saw "busybox v1.37"');
});
