import fc from "fast-check";
import { expect, test } from "vitest";
import { toCheckId } from "./check-id.ts";
import { checkRecordSchema } from "./check-record.ts";
import { sampleCheck } from "./testing/sample-run.ts";

test("free text becomes lower-case words with dashes, and slashes stay segments", () => {
  expect([
    toCheckId(
      "containerd",
      "critest",
      "[It] runtime should support Exec with tty=false [Conformance]",
    ),
    toCheckId("read-only-root/remount"),
    toCheckId("write", "/etc/../shadow"),
  ]).toEqual([
    "containerd/critest/it-runtime-should-support-exec-with-tty-false-conformance",
    "read-only-root/remount",
    "write/empty/etc/x5ec1f7e7/shadow",
  ]);
});

test("two long names that differ at the end stay two ids", () => {
  const long = "a very long spec name ".repeat(10);
  expect(toCheckId("critest", `${long} one`)).not.toBe(toCheckId("critest", `${long} two`));
});

test("any segments give an id that the schema accepts", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 6 }),
      (segments) => {
        const check = sampleCheck(toCheckId(...segments), { state: "pass" }, { suite: "any" });
        expect(checkRecordSchema.safeParse(check).success).toBe(true);
      },
    ),
  );
});
