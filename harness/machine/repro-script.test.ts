import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { reproScript } from "./repro-script.ts";

test("the script makes fresh disks and a fresh TPM, and puts the console on the terminal", () => {
  const script = reproScript({
    title: "reference boot 01",
    argv: [
      "/tools/qemu-system-x86_64",
      "-S",
      "-chardev",
      "pipe,id=console,path=/tmp/bw-1/console",
      "-blockdev",
      '{"filename":"/cache/run/bw-2/it\'s.qcow2"}',
    ],
    env: {},
    qemuImg: ["/tools/ld.so", "/tools/qemu-img"],
    disks: [
      { path: "/cache/run/bw-2/data-0.qcow2", sizeBytes: 1024 },
      { path: "/cache/run/bw-2/results.ext4", format: "raw", sizeBytes: 2048 },
      {
        path: "/cache/run/bw-2/system.qcow2",
        backing: { path: "/images/disk.raw", format: "raw" },
      },
    ],
    copies: [{ from: "/usr/share/OVMF/OVMF_VARS_4M.fd", to: "/cache/run/bw-2/uefi-vars.fd" }],
    tpm: { directory: "/tmp/bw-1/tpm", argv: ["/tools/swtpm", "socket"], readyFile: "pid" },
    lostDisks: [],
    runtimePaths: ["/tmp/bw-1", "/cache/run/bw-2"],
  });
  expect(script).toMatchInlineSnapshot(`
    "#!/bin/sh
    # reference boot 01: the same machine again, console on this terminal.
    set -eu
    dir=$(mktemp -d)
    trap 'rm -rf "$dir"' EXIT INT TERM
    install -m 600 '/usr/share/OVMF/OVMF_VARS_4M.fd' ''"$dir"'/uefi-vars.fd'
    mkdir ''"$dir"'/tpm'
    (cd ''"$dir"'/tpm' && exec '/tools/swtpm' 'socket') &
    until [ -e ''"$dir"'/tpm/pid' ]; do kill -0 $!; sleep 0.1; done
    '/tools/ld.so' '/tools/qemu-img' create -q -f qcow2 ''"$dir"'/data-0.qcow2' 1024
    '/tools/ld.so' '/tools/qemu-img' create -q -f raw ''"$dir"'/results.ext4' 2048
    '/tools/ld.so' '/tools/qemu-img' create -q -f qcow2 -F raw -b '/images/disk.raw' ''"$dir"'/system.qcow2'
    '/tools/qemu-system-x86_64' \\
      '-chardev' \\
      'stdio,id=console,signal=off' \\
      '-blockdev' \\
      '{"filename":"'"$dir"'/it'\\''s.qcow2"}'
    "
  `);
});

test("what was done to a disk is done again, in the script's own directory", () => {
  const script = reproScript({
    title: "reference boot 01",
    argv: ["cat", "/cache/run/bw-2/layer.raw"],
    env: {},
    qemuImg: ["qemu-img"],
    disks: [],
    copies: [],
    lostDisks: [],
    work: {
      files: [{ name: "unit", text: "[Unit]\nDescription='$HOME'\n" }],
      fetch: [{ argv: ["sh", "-c", "exit 1"], highestGoodExitCode: 1 }],
      change: [
        {
          argv: ["sh", "-c", 'cat unit - >layer.raw; echo "$NAME" >>layer.raw'],
          env: { NAME: "a b" },
        },
      ],
      makes: ["layer.raw"],
    },
    runtimePaths: ["/tmp/bw-1", "/cache/run/bw-2"],
  });
  expect(script.split("\n").slice(5, -2).join("\n")).toMatchInlineSnapshot(`
    "cat >"$dir"/unit <<'END-OF-FILE'
    [Unit]
    Description='$HOME'
    END-OF-FILE
    (cd "$dir" && 'sh' '-c' 'exit 1') || [ $? -le 1 ]
    (cd "$dir" && NAME='a b' 'sh' '-c' 'cat unit - >layer.raw; echo "$NAME" >>layer.raw')
    'cat' \\"
  `);
  expect(execFileSync("sh", ["-c", script], { input: "input\n" }).toString()).toBe(
    "[Unit]\nDescription='$HOME'\ninput\na b\n",
  );
});

test("work that fails ends the script", () => {
  const script = reproScript({
    title: "reference boot 01",
    argv: ["echo", "started"],
    env: {},
    qemuImg: ["qemu-img"],
    disks: [],
    copies: [],
    lostDisks: [],
    work: {
      files: [],
      fetch: [{ argv: ["sh", "-c", "exit 2"], highestGoodExitCode: 1 }],
      change: [],
      makes: [],
    },
    runtimePaths: [],
  });
  expect(() => execFileSync("sh", ["-c", script], { stdio: "pipe" })).toThrow(/Command failed/);
});

test("a machine whose disks did not start blank cannot be started again, and the script says so", () => {
  const script = reproScript({
    title: "reference boot 02",
    argv: ["/tools/qemu-system-x86_64"],
    env: {},
    qemuImg: ["/tools/qemu-img"],
    disks: [],
    copies: [],
    lostDisks: ["meta", "data"],
    runtimePaths: [],
  });
  expect(script.split("\n").slice(3, 5)).toEqual([
    'echo "These disks did not start blank, and what was on them is gone with the run: meta, data" >&2',
    "exit 1",
  ]);
});
