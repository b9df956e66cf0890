import { expect, test, vi } from "vitest";
import { livingProcess, processName, processNameForm } from "./process-name.ts";

const own = processName().split("-");
/** Our own name with some of its parts changed: pid, start, namespace, boot, machine, host. */
const named = (...parts: readonly (string | undefined)[]): string =>
  own.map((part, index) => parts[index] ?? part).join("-");
const u = undefined;

test("a name stands for one process as long as it lives", () => {
  expect(processName()).toMatch(new RegExp(`^${processNameForm}$`));
  const otherBoot = "0123456789ab";
  expect({
    own: livingProcess(processName()),
    "its id was given away": livingProcess(named(u, "1")),
    "no such process": livingProcess(named("9999999")),
    "before this machine booted": livingProcess(named(u, u, u, otherBoot)),
    "on another machine": livingProcess(named("7", u, u, otherBoot, "ba9876543210", "build2")),
    "in another container": livingProcess(named("7", u, "99", u, "ba9876543210", "web")),
  }).toEqual({
    own: `process ${process.pid}`,
    "its id was given away": undefined,
    "no such process": undefined,
    "before this machine booted": undefined,
    "on another machine": "process 7 on host build2",
    "in another container": "process 7 in another container (web)",
  });
});

test("a process that /proc hides is alive unless the kernel knows no such process", () => {
  const refused = Object.assign(new Error("kill EPERM"), { code: "EPERM" });
  using _kill = vi.spyOn(process, "kill").mockImplementation(() => {
    throw refused;
  });
  expect(livingProcess(named("9999999"))).toBe("process 9999999");
});
