import { describe, expect, test } from "vitest";
import { manifestSchema } from "./manifest-schema.ts";
import { parseYaml } from "./yaml.ts";

const parse = (text: string) => parseYaml(text, manifestSchema, "image.yaml");

const messageOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};

describe("manifestSchema", () => {
  test("fills every default", () => {
    expect(parse("schema: 1\nname: mine\nsource: { build: mine }\n")).toEqual({
      schema: 1,
      name: "mine",
      title: "mine",
      source: { kind: "build", recipe: "mine" },
      profile: "generic",
      machine: {
        memoryMiB: 1024,
        cpus: 2,
        boot: { kind: "firmware", firmware: "bios" },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "microsoft" },
      },
      systemDisk: { readOnly: false, rootPartition: "none" },
      disks: [],
      credentials: {},
      console: { device: "ttyS0" },
      agent: { injection: ["credentials"] },
      ready: { kind: "agent" },
      deadlines: { bootMs: { kvm: 120_000, tcg: 480_000 } },
      budgets: [],
    });
  });

  test("a console-only image is ready at its login prompt", () => {
    const text = "schema: 1\nname: mine\nsource: { build: mine }\nagent: { injection: [] }\n";
    expect(parse(text).ready).toEqual({ kind: "console", text: "login: " });
  });

  test("the writable layer of /etc lies on a data disk, or in a partition by number or name", () => {
    const etcLayer = (on: string) =>
      parse(
        `schema: 1\nname: mine\nsource: { build: mine }\ndisks: [{ serial: meta, sizeMiB: 8 }]\nagent: { injection: [etc-unit], etcLayer: { ${on}, directory: /upper } }\n`,
      ).agent.etcLayer;
    expect([
      etcLayer("disk: meta"),
      etcLayer("partition: { number: 5 }"),
      etcLayer("partition: { label: etc }"),
    ]).toEqual([
      { on: { kind: "disk", serial: "meta" }, directory: "/upper" },
      { on: { kind: "partition", partition: { number: 5 } }, directory: "/upper" },
      { on: { kind: "partition", partition: { label: "etc" } }, directory: "/upper" },
    ]);
  });

  test("a layer of /etc that cannot be is refused", () => {
    const messages = [
      "{ injection: [etc-unit] }",
      "{ etcLayer: { disk: other, directory: / } }",
      "{ etcLayer: { directory: / } }",
      "{ etcLayer: { partition: { number: 0 }, directory: 'a b' } }",
      "{ etcLayer: { partition: { number: 5 }, directory: '/a\"; write /etc/shadow x' } }",
    ].map((agent) =>
      messageOf(`schema: 1\nname: mine\nsource: { build: mine }\nagent: ${agent}\n`).replace(
        /^.*\n\s*/,
        "",
      ),
    );
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "image.yaml:4:8: agent.etcLayer: is missing: etc-unit needs to know where the writable layer of /etc lies
      image.yaml:4:28: agent.etcLayer.disk: expected the serial of one of \`disks\`
      image.yaml:4:20: agent.etcLayer: expected one of disk, partition
      image.yaml:4:43: agent.etcLayer.partition.number: Too small: expected number to be >=1
      image.yaml:4:59: agent.etcLayer.directory: expected an absolute path without // and a / at the end
      image.yaml:4:59: agent.etcLayer.directory: expected a path of letters, digits and . / @ % + = : , _ -
      image.yaml:4:59: agent.etcLayer.directory: expected a path of letters, digits and . / @ % + = : , _ -"
    `);
  });

  test("credentials are texts by name, and none of the harness' own", () => {
    const own = (credentials: string) =>
      `schema: 1\nname: mine\nsource: { build: mine }\ncredentials: ${credentials}\n`;
    expect(parse(own('{ bootstrap.essential.user-data: "#!/bin/sh\\n" }')).credentials).toEqual({
      "bootstrap.essential.user-data": "#!/bin/sh\n",
    });
    expect(
      [
        "{ systemd.extra-unit.bootwright-agent.service: x }",
        "{ ../name: x }",
        "{ name: [x] }",
        `{ name: "${"x".repeat(32_769)}" }`,
      ].map((credentials) => messageOf(own(credentials))),
    ).toMatchInlineSnapshot(`
      [
        "File image.yaml has 1 problem:
      image.yaml:4:61: credentials.systemd.extra-unit.bootwright-agent.service: is the harness' own",
        "File image.yaml has 1 problem:
      image.yaml:4:25: credentials.../name: expected a name of letters, digits and _ @ ~ . -",
        "File image.yaml has 1 problem:
      image.yaml:4:22: credentials.name: Invalid input: expected string, received array",
        "File image.yaml has 1 problem:
      image.yaml:4:22: credentials.name: Too big: expected string to have <=32768 characters",
      ]
    `);
  });

  test("a file with a kernel boot", () => {
    const text = `
schema: 1
name: mine
source: { file: a.qcow2, format: qcow2, allowBacking: [base.qcow2] }
machine: { boot: kernel, kernel: vmlinuz, initrd: initrd.img, kernelCommandLine: root=/dev/vda1 }
`;
    const { source, machine } = parse(text);
    expect({ source, machine }).toEqual({
      source: { kind: "file", path: "a.qcow2", format: "qcow2", allowBacking: ["base.qcow2"] },
      machine: {
        memoryMiB: 1024,
        cpus: 2,
        boot: {
          kind: "kernel",
          commandLine: "root=/dev/vda1",
          kernel: "vmlinuz",
          initrd: "initrd.img",
        },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "microsoft" },
      },
    });
  });

  test("a UEFI machine with Secure Boot, keys and a TPM", () => {
    const machineOf = (text: string) =>
      parse(`schema: 1\nname: mine\nsource: { build: mine }\nmachine: ${text}\n`).machine;
    const uefi = { kind: "firmware", firmware: "uefi" };
    const size = { memoryMiB: 1024, cpus: 2 };
    expect([
      machineOf("{ boot: uefi }"),
      machineOf("{ boot: uefi, secureBoot: true, tpm: true, firmwareVariables: snakeoil }"),
      machineOf("{ boot: uefi, secureBoot: false, firmwareVariables: keys/release.fd }"),
    ]).toEqual([
      {
        ...size,
        boot: { ...uefi, secureBoot: false },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "microsoft" },
      },
      {
        ...size,
        boot: { ...uefi, secureBoot: true },
        tpm: true,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "snakeoil" },
      },
      {
        ...size,
        boot: { ...uefi, secureBoot: false },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "file", path: "keys/release.fd" },
      },
    ]);
  });

  test("a budget may be another under Secure Boot", () => {
    const budgets =
      "[{ phase: loader, budgetMs: { kvm: 1, tcg: 2 }, secureBootMs: { kvm: 3, tcg: 4 } }]";
    const text = `schema: 1\nname: mine\nsource: { build: mine }\nbudgets: ${budgets}\n`;
    expect(parse(text).budgets).toEqual([
      { phase: "loader", budgetMs: { kvm: 1, tcg: 2 }, secureBootMs: { kvm: 3, tcg: 4 } },
    ]);
  });

  test("Secure Boot without UEFI, and keys that nobody knows, are problems", () => {
    const text = `schema: 1
name: mine
source: { build: mine }
machine: { boot: bios, secureBoot: true, tpm: 2.0, firmwareVariables: debian }
`;
    expect(messageOf(text)).toMatchInlineSnapshot(`
      "File image.yaml has 2 problems:
      image.yaml:4:47: machine.tpm: Invalid input: expected boolean, received number
      image.yaml:4:71: machine.firmwareVariables: expected microsoft, snakeoil or the path of an .fd file"
    `);
    expect(
      messageOf(text.replace("2.0", "true").replace("debian", "snakeoil")),
    ).toMatchInlineSnapshot(`
      "File image.yaml has 1 problem:
      image.yaml:4:36: machine.secureBoot: only \`boot: uefi\` has this key"
    `);
    const withoutKeys = text.replace("bios", "uefi").replace("2.0", "true");
    expect(messageOf(withoutKeys.replace("debian", "none"))).toMatchInlineSnapshot(`
      "File image.yaml has 1 problem:
      image.yaml:4:72: machine.firmwareVariables: only a mutant does without keys"
    `);
  });

  test("names every wrong field", () => {
    const text = `schema: 2
name: My_Image
source: { file: a.img }
machine: { memoryMiB: 1, boot: bios, kernel: vmlinuz, cpu: 2 }
systemDisk: { readOnly: maybe, rootPartition: { name: root } }
disks: [{ serial: bwagent, sizeMiB: 64 }, { serial: a-serial-of-more-than-20-bytes, sizeMiB: 0 }]
ready: { unit: containerd, agent: true }
budgets: [{ phase: boot, budgetMs: { kvm: 1 } }]
suites: [Boot]
`;
    expect(messageOf(text)).toMatchInlineSnapshot(`
      "File image.yaml has 15 problems:
      image.yaml:1:9: schema: expected 1, the only version so far
      image.yaml:2:7: name: expected lower-case letters, digits and single hyphens
      image.yaml:3:9: source.format: is missing: the format is never guessed (raw or qcow2)
      image.yaml:4:23: machine.memoryMiB: Too small: expected number to be >=64
      image.yaml:4:55: machine.cpu: unknown key
      image.yaml:5:25: systemDisk.readOnly: Invalid input: expected boolean, received string
      image.yaml:5:47: systemDisk.rootPartition: expected one of label, number
      image.yaml:5:49: systemDisk.rootPartition.name: unknown key
      image.yaml:6:19: disks[0].serial: expected a serial other than the harness' own (bwagent, system, uefi-vars, update)
      image.yaml:6:53: disks[1].serial: expected 1 to 20 letters, digits, - and _
      image.yaml:6:94: disks[1].sizeMiB: Too small: expected number to be >=1
      image.yaml:7:16: ready.unit: expected a systemd unit name such as containerd.service
      image.yaml:8:20: budgets[0].phase: Invalid option: expected one of "firmware"|"loader"|"kernel"|"initrd"|"userspace"|"containerd-ready"|"cri-ready"|"kubelet-healthy"|"node-ready"
      image.yaml:8:36: budgets[0].budgetMs.tcg: is missing (expected number)
      image.yaml:9:10: suites[0]: expected lower-case letters, digits and single hyphens"
    `);
  });

  test("names contradictions between fields", () => {
    const text = `schema: 1
name: mine
source: { file: a.img, format: raw }
systemDisk: none
agent: { injection: [] }
ready: { unit: containerd.service }
`;
    expect(messageOf(text)).toMatchInlineSnapshot(`
      "File image.yaml has 3 problems:
      image.yaml:4:13: systemDisk: only \`boot: kernel\` works without a system disk
      image.yaml:4:13: systemDisk: a file source is the system disk, so there is one
      image.yaml:6:8: ready: only the agent can see this, and agent.injection is empty"
    `);
  });

  test("refuses two disks of one serial and two budgets of one phase", () => {
    const text = `schema: 1
name: mine
source: { build: mine }
disks: [{ serial: a, sizeMiB: 1 }, { serial: a, sizeMiB: 1 }]
budgets:
  - { phase: kernel, budgetMs: { kvm: 1, tcg: 1 } }
  - { phase: kernel, budgetMs: { kvm: 2, tcg: 2 } }
`;
    expect(messageOf(text)).toMatchInlineSnapshot(`
      "File image.yaml has 2 problems:
      image.yaml:4:36: disks[1]: a stands here a second time
      image.yaml:7:5: budgets[1]: kernel stands here a second time"
    `);
  });
});
