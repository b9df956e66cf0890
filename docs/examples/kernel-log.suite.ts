import { expect, test, unsupported } from "bootwright";

const nobody = 65_534;

test("kernel-log/setting", {
  title: "The kernel is told to show its log to privileged programs only",
}, async ({ agent, evidence }) => {
  const setting = await agent.getSysctl("kernel.dmesg_restrict");
  evidence("sysctl", `kernel.dmesg_restrict = ${setting}`);
  expect(setting.trim()).toBe("1");
});

test("kernel-log/read", {
  title: "A program without privileges that reads the kernel's log is refused",
}, async ({ agent, evidence }) => {
  const dmesg = "/usr/bin/dmesg";
  const asRoot = await agent
    .exec([dmesg])
    .catch(() => unsupported(`This image has no ${dmesg} to try it with`));
  // Without this, an image on which the program never works would pass.
  expect(asRoot.exit).toEqual({ kind: "exited", code: 0 });

  const asNobody = await agent.exec([dmesg], { uid: nobody, gid: nobody });
  evidence("stderr", asNobody.stderr.toString());
  expect(asNobody.exit).toEqual({ kind: "exited", code: 1 });
  expect(asNobody.stdout.length).toBe(0);
});
