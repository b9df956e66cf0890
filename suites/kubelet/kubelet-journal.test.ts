import { expect, test } from "vitest";
import { complaintsIn } from "./kubelet-journal.ts";

test("errors are found in the forms in which Kubernetes' programs write them", () => {
  const errors = [
    'E1130 15:45:01.047191     325 run.go:72] "command failed" err="failed to load"',
    "F1130 15:45:01.047191     325 server.go:1] no",
    '{"ts":1,"caller":"cli/run.go:72","msg":"command failed","err":"failed to load"}',
    "Error: unknown flag: --no-such",
    "panic: runtime error",
  ];
  const others = ["I1130 15:45:01.047191     325 server.go:1] Error: none", '{"msg":"ok"}', ""];
  expect(complaintsIn([...others, ...errors, ...others])).toEqual(errors);
});

test("what a guest writes is cut and cannot steer a terminal", () => {
  const [line = ""] = complaintsIn([`Error: \u001b[2J${"x".repeat(1000)}`]);
  expect(line.length).toBeLessThan(600);
  expect(line).not.toContain("\u001b");
});
