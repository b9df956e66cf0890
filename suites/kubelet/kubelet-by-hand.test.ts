import { expect, test } from "vitest";
import { deadlineAfter } from "../../harness/index.ts";
import { type ByHand, expectRefusal } from "./kubelet-by-hand.ts";

const judged = (end: ByHand): string => {
  try {
    expectRefusal("cgroupDriver", end);
    return "pass";
  } catch (error) {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  }
};

const exited = (code: number, stderr: string): ByHand => ({
  ...{ kind: "exited", code, stdout: "", stderr },
});

const ranOn = (isStarved: boolean): ByHand => ({
  kind: "ran-on",
  stderr: 'I1130 18:42:58.055744 7894 server.go:545] "Kubelet version"\n',
  deadline: { ...deadlineAfter(60_000), wasStarved: () => isStarved },
});

test("a kubelet that names the field and ends with 1 has refused it", () => {
  expect(
    judged(exited(1, 'E1130 run.go:72] "command failed" err="cgroupDriver of type string"')),
  ).toBe("pass");
});

test("a kubelet that comes up with a wrong value fails, unless the host kept it waiting", () => {
  const why =
    'The kubelet came up with a wrong cgroupDriver: it ran on for 60 s; its last line: I1130 18:42:58.055744 7894 server.go:545] "Kubelet version"';
  expect([judged(ranOn(false)), judged(ranOn(true))]).toEqual([
    `fail: ${why}`,
    `inconclusive: The guest waited for a host CPU most of the time: ${why}`,
  ]);
});

test("a kubelet that ends in another way, or for another reason, fails", () => {
  expect([
    judged(exited(0, "")),
    judged(exited(1, "")),
    judged(exited(1, 'E1130 run.go:72] "command failed" err="no such runtime"')),
  ]).toEqual([
    "fail: With a wrong cgroupDriver the kubelet should end with 1, and ended with 0",
    "fail: With a wrong cgroupDriver the kubelet ends without a word",
    'fail: The kubelet takes a wrong cgroupDriver: it ended for another reason: E1130 run.go:72] "command failed" err="no such runtime"',
  ]);
});
