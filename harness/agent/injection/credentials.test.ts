import { expect, test } from "vitest";
import { agentCredentials, credentialInfluences } from "./credentials.ts";

test("The agent is a unit, a mount of its disk, and a drop-in that pulls it in", () => {
  expect(
    agentCredentials("port")
      .map(({ name, value }) => `--- ${name}\n${value}`)
      .join(""),
  ).toMatchInlineSnapshot(`
    "--- systemd.extra-unit.bootwright-agent.service
    [Unit]
    Description=Bootwright guest agent
    DefaultDependencies=no
    Requires=run-bootwright-agent.mount
    After=run-bootwright-agent.mount sysinit.target
    [Service]
    ExecStart=/run/bootwright/agent/agent -port /dev/virtio-ports/bootwright.agent.0 -framing binary
    Restart=on-failure
    RestartSec=1
    OOMScoreAdjust=-1000
    TasksMax=infinity
    KillMode=process
    --- systemd.extra-unit.run-bootwright-agent.mount
    [Unit]
    Description=Disk of the Bootwright guest agent
    DefaultDependencies=no
    [Mount]
    What=/dev/disk/by-id/virtio-bwagent
    Where=/run/bootwright/agent
    Type=ext4
    Options=ro,nodev,nosuid
    --- systemd.unit-dropin.multi-user.target~bootwright
    [Unit]
    Wants=bootwright-agent.service
    "
  `);
});

test("On the UART the agent takes the place of the login prompt, and says so", () => {
  const [service] = agentCredentials("uart");
  expect(service?.value.split("\n").filter((line) => /getty|ExecStart/.test(line))).toEqual([
    "Conflicts=serial-getty@ttyS0.service",
    "After=serial-getty@ttyS0.service",
    "ExecStart=/run/bootwright/agent/agent -port /dev/ttyS0 -framing line",
  ]);
  expect(credentialInfluences("uart").at(-1)).toBe(
    "serial-getty@ttyS0.service is stopped, and ttyS0 is in raw mode with frames among the console's text",
  );
});
