import { expect, test } from "vitest";
import type { AgentClient } from "../../harness/index.ts";
import { commandOf, unitCommand, variablesIn } from "./unit-command.ts";

test("the arguments are those of the process: variables are put in", () => {
  expect(
    unitCommand(
      ["/usr/bin/kubelet", "$KUBECONFIG_ARGS", "--v=2"],
      ["/usr/bin/kubelet", "--kubeconfig=/k", "--bootstrap-kubeconfig=/b", "--v=2"],
    ),
  ).toEqual({
    program: ["/usr/bin/kubelet"],
    arguments: ["--kubeconfig=/k", "--bootstrap-kubeconfig=/b", "--v=2"],
  });
});

test("of a unit that does not run, the arguments are the unit's", () => {
  expect(unitCommand(["/usr/bin/kubelet", "--v=2"], undefined)).toEqual({
    program: ["/usr/bin/kubelet"],
    arguments: ["--v=2"],
  });
});

test("what starts the program by its path stays in front of it", () => {
  expect(
    unitCommand(
      ["/usr/bin/env", "A=b", "/usr/bin/kubelet", "$ARGS"],
      ["/usr/bin/kubelet", "--v=2", "/usr/bin/env"],
    ),
  ).toEqual({
    program: ["/usr/bin/env", "A=b", "/usr/bin/kubelet"],
    arguments: ["--v=2", "/usr/bin/env"],
  });
});

test("a program that turns into another is started as the unit does, without what it adds", () => {
  expect(
    unitCommand(["/opt/wrapper", "--v=2"], ["/usr/bin/kubelet", "--v=2", "--added-by-wrapper"]),
  ).toEqual({ program: ["/opt/wrapper"], arguments: ["--v=2"] });
});

test("arguments with variables are those that systemd puts something in", () => {
  const [inBraces, escaped] = ["--a=$", "--a=$$"].map((start) => `${start}{B}`);
  expect(
    variablesIn(["/usr/bin/x", "$ARGS", `${inBraces}`, `${escaped}`, "--b=$5", "$$HOME", "--c=$D"]),
  ).toEqual(["$ARGS", inBraces]);
});

test("a unit that is about to start is waited for, where only its process tells its arguments", async () => {
  const facts = {
    execMainStartUs: 0,
    fragmentPath: "",
    dropInPaths: [],
    controlGroup: "",
    execStart: [["/usr/bin/kubelet", "$ARGS"]],
  };
  let mainPid = 0;
  const agent: Parameters<typeof commandOf>[0] = {
    service: async () => ({ ...facts, mainPid }),
    readFile: async () => Buffer.from("/usr/bin/kubelet\0--v=2\0"),
    waitForUnitUntil: async () => {
      mainPid = 7;
      return { isActive: true } as Awaited<ReturnType<AgentClient["waitForUnitUntil"]>>;
    },
  };
  expect(await commandOf(agent, "kubelet.service")).toEqual({
    program: ["/usr/bin/kubelet"],
    arguments: ["--v=2"],
  });
});
