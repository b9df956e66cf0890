import { describe, expect, test } from "vitest";
import { mutantSchema } from "./mutant-schema.ts";
import { parseYaml } from "./yaml.ts";

const parse = (text: string) => parseYaml(text, mutantSchema, "mutant.yaml");

describe("mutantSchema", () => {
  test("gives typed changes in their order", () => {
    const mutant = parse(`
schema: 1
name: all-changes
of: reference
title: Everything
manifest: { systemDisk: { readOnly: false }, machine: { boot: uefi }, removeDisks: [data] }
promises: { identity: { kernelRelease: "5.10.*" } }
recipe:
  - addFile: { path: /usr/lib/a, mode: "0755", text: hello }
  - addFile: { path: /usr/lib/b, text: "" }
  - addProgram: { package: "hello:arm64", from: /usr/bin/hello, path: /usr/libexec/x }
  - addProgram: { package: libx1, from: /usr/bin/y, path: /bin/y, mode: "0644", to: initrd }
  - addProgram: { program: altered-runc, path: /bin/z }
  - removeFile: { path: /usr/lib/*/c }
  - setMode: { path: /usr/bin/d, mode: "04755" }
  - grantCapability: { path: /usr/bin/e, capability: 21 }
  - replaceText: { path: /etc/fstab, match: ro, with: rw }
  - enableUnit: { unit: a.service }
  - kernelArgument: { add: quiet }
  - kernelArgument: { remove: ro }
  - addToInitrd: { path: /conf/conf.d/a, text: hello }
  - kernelSignature: { remove: true }
  - stallBootCode: { stage: core-image, seconds: 15 }
fails: [read-only-root/remount]
skips: ["boot-time/*"]
`);
    expect(mutant).toEqual({
      schema: 1,
      name: "all-changes",
      of: "reference",
      title: "Everything",
      isQuick: false,
      runLevel: "quick",
      overrides: {
        systemDisk: { readOnly: false },
        machine: { boot: { kind: "firmware", firmware: "uefi", secureBoot: false } },
        removeDisks: ["data"],
        addDisks: [],
      },
      promises: { identity: { kernelRelease: "5.10.*" } },
      recipe: [
        { kind: "add-file", path: "/usr/lib/a", mode: 0o755, text: "hello" },
        { kind: "add-file", path: "/usr/lib/b", mode: 0o644, text: "" },
        {
          ...{ kind: "add-program", package: "hello:arm64", from: "/usr/bin/hello" },
          ...{ path: "/usr/libexec/x", mode: 0o755, to: "root" },
        },
        {
          ...{ kind: "add-program", package: "libx1", from: "/usr/bin/y" },
          ...{ path: "/bin/y", mode: 0o644, to: "initrd" },
        },
        { kind: "add-program", program: "altered-runc", path: "/bin/z", mode: 0o755, to: "root" },
        { kind: "remove-file", path: "/usr/lib/*/c" },
        { kind: "set-mode", path: "/usr/bin/d", mode: 0o4755 },
        { kind: "grant-capability", path: "/usr/bin/e", capability: 21 },
        { kind: "replace-text", path: "/etc/fstab", match: "ro", with: "rw" },
        { kind: "enable-unit", unit: "a.service", wantedBy: "multi-user.target" },
        { kind: "add-kernel-argument", argument: "quiet" },
        { kind: "remove-kernel-argument", argument: "ro" },
        { kind: "add-to-initrd", path: "/conf/conf.d/a", mode: 0o644, text: "hello" },
        { kind: "remove-kernel-signature" },
        { kind: "stall-boot-code", stage: "core-image", seconds: 15 },
      ],
      boots: true,
      fails: ["read-only-root/remount"],
      skips: ["boot-time/*"],
    });
  });

  test("names every wrong change", () => {
    const text = `schema: 1
name: wrong
of: reference
title: Wrong
recipe:
  - addFile: { path: usr/lib/a, mode: 0644, text: "" }
  - removeFile: { path: /usr/../etc/passwd }
  - addProgram: { program: altered-run, path: /bin/a }
  - addProgram: { path: /bin/a }
  - addProgram: { package: hello, path: /bin/a }
  - addProgram: { package: hello, from: /bin/a, program: altered-runc, path: /bin/a }
  - {}
  - removeFile: { path: /a }
    enableUnit: { unit: a.service }
  - kernelArgument: { add: "a b" }
  - kernelArgument: {}
  - stallBootCode: { stage: firmware, seconds: 0.5 }
fails: []
`;
    expect(() => parse(text)).toThrowErrorMatchingInlineSnapshot(`
      [ConfigError: File mutant.yaml has 14 problems:
      mutant.yaml:6:22: recipe[0].addFile.path: expected an absolute path without // and a / at the end
      mutant.yaml:6:39: recipe[0].addFile.mode: Invalid input: expected string, received number
      mutant.yaml:7:25: recipe[1].removeFile.path: expected a path without . and ..
      mutant.yaml:8:28: recipe[2].addProgram.program: expected a folder of images/mutants/programs: altered-kubelet, altered-runc, careless-migration, careless-recovery, deaf-runc, faulty-ostree, faulty-runc, faulty-sysupdate, kill-pods, many-threads, spoil-host
      mutant.yaml:9:17: recipe[3].addProgram: expected either package and from, or program
      mutant.yaml:10:17: recipe[4].addProgram: expected either package and from, or program
      mutant.yaml:11:17: recipe[5].addProgram: expected either package and from, or program
      mutant.yaml:12:5: recipe[6]: expected one of addFile, addProgram, removeFile, setMode, grantCapability, replaceText, enableUnit, kernelArgument, addToInitrd, kernelSignature, stallBootCode
      mutant.yaml:13:5: recipe[7]: expected one of addFile, addProgram, removeFile, setMode, grantCapability, replaceText, enableUnit, kernelArgument, addToInitrd, kernelSignature, stallBootCode
      mutant.yaml:15:28: recipe[8].kernelArgument.add: expected one argument without spaces
      mutant.yaml:16:21: recipe[9].kernelArgument: expected one of add, remove
      mutant.yaml:17:29: recipe[10].stallBootCode.stage: Invalid option: expected one of "boot-sector"|"core-image"
      mutant.yaml:17:48: recipe[10].stallBootCode.seconds: Invalid input: expected int, received number
      mutant.yaml:18:8: fails: expected at least one check id]
    `);
  });
});
