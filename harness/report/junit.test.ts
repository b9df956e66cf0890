import { expect, test } from "vitest";
import { sampleRun } from "../results/testing/sample-run.ts";
import { toJunit } from "./junit.ts";

test("one check of every state, with guest text that would break the XML", () => {
  expect(toJunit(sampleRun)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="bootwright" tests="6" failures="1" errors="2" skipped="2" time="9.000">
      <testsuite name="boot-time" tests="1" failures="0" errors="0" skipped="0" time="1.500" timestamp="2026-11-21T20:00:00.000Z">
        <properties>
          <property name="tool" value="bootwright 0.1.0"/>
          <property name="image" value="reference"/>
          <property name="image.sha256" value="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="profile" value="reference"/>
          <property name="level" value="quick"/>
          <property name="plan" value="bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"/>
          <property name="host.accel" value="tcg (/dev/kvm cannot be opened)"/>
          <property name="host.qemu" value="10.0.13 (host)"/>
          <property name="host.cpu" value="2 x Nehalem"/>
          <property name="host.kernel" value="6.12.0"/>
          <property name="injection" value="credentials"/>
        </properties>
        <testcase classname="boot-time" name="boot-time/kernel" time="1.500">
          <system-out>claim C11
    kernel 3.3 s</system-out>
        </testcase>
      </testsuite>
      <testsuite name="read-only-root" tests="1" failures="1" errors="0" skipped="0" time="1.500" timestamp="2026-11-21T20:00:00.000Z">
        <properties>
          <property name="tool" value="bootwright 0.1.0"/>
          <property name="image" value="reference"/>
          <property name="image.sha256" value="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="profile" value="reference"/>
          <property name="level" value="quick"/>
          <property name="plan" value="bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"/>
          <property name="host.accel" value="tcg (/dev/kvm cannot be opened)"/>
          <property name="host.qemu" value="10.0.13 (host)"/>
          <property name="host.cpu" value="2 x Nehalem"/>
          <property name="host.kernel" value="6.12.0"/>
          <property name="injection" value="credentials"/>
        </properties>
        <testcase classname="read-only-root" name="read-only-root/remount" time="1.500">
          <failure message="mount(2) of / with &quot;rw&quot; &lt;succeeded&gt; &amp; \\x1b[31mmore\\x00" type="fail">Title of read-only-root/remount
    console: boots/01/console.log:120
    exec:
      first ]]&gt; line
      second # line\\x07</failure>
          <system-out>claim C02</system-out>
        </testcase>
      </testsuite>
      <testsuite name="kubelet" tests="1" failures="0" errors="0" skipped="1" time="1.500" timestamp="2026-11-21T20:00:00.000Z">
        <properties>
          <property name="tool" value="bootwright 0.1.0"/>
          <property name="image" value="reference"/>
          <property name="image.sha256" value="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="profile" value="reference"/>
          <property name="level" value="quick"/>
          <property name="plan" value="bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"/>
          <property name="host.accel" value="tcg (/dev/kvm cannot be opened)"/>
          <property name="host.qemu" value="10.0.13 (host)"/>
          <property name="host.cpu" value="2 x Nehalem"/>
          <property name="host.kernel" value="6.12.0"/>
          <property name="injection" value="credentials"/>
        </properties>
        <testcase classname="kubelet" name="kubelet/healthz" time="1.500">
          <skipped message="skip (boot failed: panic)"/>
        </testcase>
      </testsuite>
      <testsuite name="containerd" tests="2" failures="0" errors="1" skipped="1" time="3.000" timestamp="2026-11-21T20:00:00.000Z">
        <properties>
          <property name="tool" value="bootwright 0.1.0"/>
          <property name="image" value="reference"/>
          <property name="image.sha256" value="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="profile" value="reference"/>
          <property name="level" value="quick"/>
          <property name="plan" value="bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"/>
          <property name="host.accel" value="tcg (/dev/kvm cannot be opened)"/>
          <property name="host.qemu" value="10.0.13 (host)"/>
          <property name="host.cpu" value="2 x Nehalem"/>
          <property name="host.kernel" value="6.12.0"/>
          <property name="injection" value="credentials"/>
        </properties>
        <testcase classname="containerd" name="containerd/critest/pull-image" time="1.500">
          <skipped message="unsupported (offline # no net)"/>
        </testcase>
        <testcase classname="containerd" name="containerd/critest/exec" time="1.500">
          <error message="slow-host" type="inconclusive">Title of containerd/critest/exec</error>
        </testcase>
      </testsuite>
      <testsuite name="upgrade-rollback" tests="1" failures="0" errors="1" skipped="0" time="1.500" timestamp="2026-11-21T20:00:00.000Z">
        <properties>
          <property name="tool" value="bootwright 0.1.0"/>
          <property name="image" value="reference"/>
          <property name="image.sha256" value="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="profile" value="reference"/>
          <property name="level" value="quick"/>
          <property name="plan" value="bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"/>
          <property name="host.accel" value="tcg (/dev/kvm cannot be opened)"/>
          <property name="host.qemu" value="10.0.13 (host)"/>
          <property name="host.cpu" value="2 x Nehalem"/>
          <property name="host.kernel" value="6.12.0"/>
          <property name="injection" value="credentials"/>
        </properties>
        <testcase classname="upgrade-rollback" name="upgrade-rollback/power-cut/ab/step-3" time="1.500">
          <error message="write log was empty" type="error">Title of upgrade-rollback/power-cut/ab/step-3</error>
          <system-out>flaky: pass, error</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test("a run that was killed before its first check is one error", () => {
  const killed = {
    ...sampleRun,
    status: "running",
    checks: [],
    reason: "run did not finish",
  } as const;
  expect(
    toJunit(killed)
      .split("\n")
      .filter((line) => !line.includes("propert")),
  ).toMatchInlineSnapshot(`
    [
      "<?xml version="1.0" encoding="UTF-8"?>",
      "<testsuites name="bootwright" tests="1" failures="0" errors="1" skipped="0" time="0.000">",
      "  <testsuite name="bootwright" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="2026-11-21T20:00:00.000Z">",
      "    <testcase classname="bootwright" name="run" time="0.000">",
      "      <error message="run did not finish" type="error">The run itself</error>",
      "    </testcase>",
      "  </testsuite>",
      "</testsuites>",
      "",
    ]
  `);
});
