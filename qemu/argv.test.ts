import { expect, test } from "vitest";
import { toArgv } from "./argv.ts";
import { relayCommand } from "./relay-command.ts";
import { exampleSpec } from "./testing/example-spec.ts";

/** One option and its value a line. */
const lines = (argv: readonly string[]): string => argv.join("\n").replaceAll(/\n(?!-)/g, " ");

test("a BIOS machine with an overlay and a read-only disk", () => {
  const argv = toArgv(
    exampleSpec({
      disks: [
        {
          id: "system",
          serial: "system",
          path: "/run/x/system.qcow2",
          format: "qcow2",
          readOnly: false,
          backing: { path: "/images/reference.raw", format: "raw" },
          bootIndex: 0,
          discard: true,
        },
        { id: "agent", serial: "bw-agent", path: "/cache/a,b.img", format: "raw", readOnly: true },
      ],
      console: { pipePath: "/run/x/console", logPath: "/out/console.log" },
    }),
  );
  expect(lines(argv)).toMatchInlineSnapshot(`
    "-name guest=example,process=example,debug-threads=on
    -nodefaults
    -no-user-config
    -display none
    -monitor none
    -machine q35,graphics=off
    -accel tcg
    -nic none
    -rtc base=utc
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    -S
    -cpu Nehalem
    -smp cpus=2,sockets=1,cores=2,threads=1
    -m size=1024M
    -boot menu=off,strict=on
    -chardev socket,id=qmp,path=/run/x/qmp.sock,server=on,wait=off
    -mon chardev=qmp,mode=control
    -chardev pipe,id=console,path=/run/x/console,logfile=/out/console.log,logappend=on
    -device isa-serial,chardev=console,index=0
    -object rng-builtin,id=rng
    -device virtio-rng-pci,rng=rng
    -device pvpanic-pci
    -action reboot=reset,shutdown=poweroff,panic=none
    -blockdev {"driver":"qcow2","node-name":"disk-system","read-only":false,"discard":"unmap","cache":{"no-flush":true},"file":{"driver":"file","filename":"/run/x/system.qcow2","read-only":false,"discard":"unmap"},"backing":{"driver":"raw","read-only":true,"file":{"driver":"file","filename":"/images/reference.raw","read-only":true}}}
    -device virtio-blk-pci,id=disk-system,drive=disk-system,serial=system,bootindex=0
    -blockdev {"driver":"raw","node-name":"disk-agent","read-only":true,"discard":"ignore","file":{"driver":"file","filename":"/cache/a,b.img","read-only":true,"discard":"ignore"}}
    -device virtio-blk-pci,id=disk-agent,drive=disk-agent,serial=bw-agent"
  `);
});

test("a UEFI machine with ports and credentials", () => {
  const argv = toArgv(
    exampleSpec({
      boot: {
        kind: "firmware",
        firmware: "uefi",
        code: "/fw/CODE,4M.fd",
        vars: "/run/x/vars.fd",
        secureBoot: false,
      },
      ports: [
        { name: "org.bootwright.agent", socketPath: "/run/x/agent.sock" },
        { name: "org.bootwright.journal", socketPath: "/run/x/journal.sock" },
      ],
      credentials: [
        { name: "systemd.extra-unit.a.service", value: "[Service]\n" },
        { name: "bytes", value: new Uint8Array([0, 255]) },
      ],
      onReboot: "exit",
    }),
  );
  expect(lines(argv)).toMatchInlineSnapshot(`
    "-name guest=example,process=example,debug-threads=on
    -nodefaults
    -no-user-config
    -display none
    -monitor none
    -machine q35,graphics=off,pflash0=firmware-code,pflash1=firmware-vars
    -accel tcg
    -nic none
    -rtc base=utc
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    -S
    -cpu Nehalem
    -smp cpus=2,sockets=1,cores=2,threads=1
    -m size=1024M
    -boot menu=off,strict=on
    -blockdev driver=raw,node-name=firmware-code,read-only=on,file.driver=file,file.filename=/fw/CODE,,4M.fd
    -blockdev driver=raw,node-name=firmware-vars,read-only=off,file.driver=file,file.filename=/run/x/vars.fd
    -chardev socket,id=qmp,path=/run/x/qmp.sock,server=on,wait=off
    -mon chardev=qmp,mode=control
    -chardev pipe,id=console,path=/run/x/console
    -device isa-serial,chardev=console,index=0
    -object rng-builtin,id=rng
    -device virtio-rng-pci,rng=rng
    -device pvpanic-pci
    -action reboot=shutdown,shutdown=poweroff,panic=none
    -device virtio-serial-pci,id=ports,max_ports=3
    -chardev socket,id=port0,path=/run/x/agent.sock,server=on,wait=off
    -device virtserialport,bus=ports.0,chardev=port0,name=org.bootwright.agent
    -chardev socket,id=port1,path=/run/x/journal.sock,server=on,wait=off
    -device virtserialport,bus=ports.0,chardev=port1,name=org.bootwright.journal
    -smbios type=11,value=io.systemd.credential.binary:systemd.extra-unit.a.service=W1NlcnZpY2VdCg==
    -smbios type=11,value=io.systemd.credential.binary:bytes=AP8="
  `);
});

test("Secure Boot guards its flash by system management mode, and a TPM comes last", () => {
  const vars = "/run/x/vars.fd";
  const argv = toArgv(
    exampleSpec({
      boot: { kind: "firmware", firmware: "uefi", code: "/fw/CODE.fd", vars, secureBoot: true },
      tpm: { directory: "/run/x/tpm" },
    }),
  );
  expect(lines(argv)).toMatchInlineSnapshot(`
    "-name guest=example,process=example,debug-threads=on
    -nodefaults
    -no-user-config
    -display none
    -monitor none
    -machine q35,graphics=off,smm=on,pflash0=firmware-code,pflash1=firmware-vars
    -accel tcg
    -nic none
    -rtc base=utc
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    -S
    -cpu Nehalem
    -smp cpus=2,sockets=1,cores=2,threads=1
    -m size=1024M
    -boot menu=off,strict=on
    -blockdev driver=raw,node-name=firmware-code,read-only=on,file.driver=file,file.filename=/fw/CODE.fd
    -blockdev driver=raw,node-name=firmware-vars,read-only=off,file.driver=file,file.filename=/run/x/vars.fd
    -global driver=cfi.pflash01,property=secure,value=on
    -chardev socket,id=qmp,path=/run/x/qmp.sock,server=on,wait=off
    -mon chardev=qmp,mode=control
    -chardev pipe,id=console,path=/run/x/console
    -device isa-serial,chardev=console,index=0
    -object rng-builtin,id=rng
    -device virtio-rng-pci,rng=rng
    -device pvpanic-pci
    -action reboot=reset,shutdown=poweroff,panic=none
    -chardev socket,id=tpm,path=/run/x/tpm/socket
    -tpmdev emulator,id=tpm,chardev=tpm
    -device tpm-crb,tpmdev=tpm"
  `);
});

test("a kernel boot with KVM and a seed", () => {
  const argv = toArgv(
    exampleSpec({
      accel: "kvm",
      cpu: { model: "host", count: 1 },
      boot: {
        kind: "kernel",
        kernel: "/cache/vmlinuz",
        initrd: "/cache/initrd,1.img",
        commandLine: "console=ttyS0 a=b,c",
      },
      seed: 42,
    }),
  );
  expect(lines(argv)).toMatchInlineSnapshot(`
    "-name guest=example,process=example,debug-threads=on
    -nodefaults
    -no-user-config
    -display none
    -monitor none
    -machine q35,graphics=off
    -accel kvm
    -nic none
    -rtc base=utc
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    -S
    -cpu host
    -smp cpus=1,sockets=1,cores=1,threads=1
    -m size=1024M
    -kernel /cache/vmlinuz
    -initrd /cache/initrd,1.img
    -append console=ttyS0 a=b,c
    -chardev socket,id=qmp,path=/run/x/qmp.sock,server=on,wait=off
    -mon chardev=qmp,mode=control
    -chardev pipe,id=console,path=/run/x/console
    -device isa-serial,chardev=console,index=0
    -object rng-builtin,id=rng
    -device virtio-rng-pci,rng=rng
    -seed 42
    -device pvpanic-pci
    -action reboot=reset,shutdown=poweroff,panic=none"
  `);
});

test("a qcow2 disk whose backing is not stated opens none", () => {
  const argv = toArgv(
    exampleSpec({
      disks: [{ id: "d", serial: "d", path: "/d", format: "qcow2", readOnly: true }],
    }),
  );
  expect(argv.filter((argument) => argument.startsWith("{"))).toEqual([
    '{"driver":"qcow2","node-name":"disk-d","read-only":true,"discard":"ignore","file":{"driver":"file","filename":"/d","read-only":true,"discard":"ignore"},"backing":null}',
  ]);
});

test("a network card behind QEMU's NAT, with ports that lead to the guest and a record of its packets", () => {
  const argv = toArgv(
    exampleSpec({
      network: {
        mac: "52:54:00:62:77:01",
        forwardedPorts: [22, 47_022],
        capturePath: "/run/x/network.pcap",
      },
    }),
  );
  expect(lines(argv).split("\n").slice(-3).join("\n")).toMatchInlineSnapshot(`
    "-netdev user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:47022
    -device virtio-net-pci,netdev=net0,mac=52:54:00:62:77:01,romfile=
    -object filter-dump,id=capture,netdev=net0,file=/run/x/network.pcap,maxlen=128"
  `);
  expect(argv).not.toContain("-nic");
});

test("a guest that reaches services of the host: QEMU may start a relay for each connection, and no other machine's may", () => {
  const network = {
    mac: "52:54:00:62:77:01",
    forwardedPorts: [10_250],
    guestForwards: [{ address: "10.0.2.100", port: 6443, hostPort: 40_001 }],
    capturePath: "/run/x/network.pcap",
  };
  const argv = toArgv(exampleSpec({ network }));
  expect(argv[argv.indexOf("-netdev") + 1]).toBe(
    `user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-:10250,guestfwd=tcp:10.0.2.100:6443-cmd:${relayCommand(40_001)}`,
  );
  const sandbox = (of: readonly string[]): string | undefined => of[of.indexOf("-sandbox") + 1];
  expect(sandbox(argv)).toContain("elevateprivileges=allow,spawn=allow");
  expect(sandbox(toArgv(exampleSpec({ network: { ...network, guestForwards: [] } })))).toContain(
    "elevateprivileges=deny,spawn=deny",
  );
});

test("a machine whose instructions are counted has a clock of its own and devices that do not run beside it", () => {
  const argv = toArgv(
    exampleSpec({
      cpu: { model: "Nehalem", count: 1 },
      seed: 1,
      counting: { pluginPath: "/cache/count.so", countsPath: "/run/x/counts" },
      disks: [{ id: "system", serial: "system", path: "/i.raw", format: "raw", readOnly: true }],
      ports: [{ name: "agent", socketPath: "/run/x/agent.sock" }],
    }),
  );
  const told = lines(argv)
    .split("\n")
    .filter((line) => /^-(machine|rtc|icount|plugin|seed|device virtio)/.test(line));
  expect(told).toEqual([
    "-machine q35,graphics=off,hpet=off",
    "-rtc base=2026-01-01T00:00:00,clock=vm",
    "-icount shift=0,sleep=off",
    "-device virtio-rng-pci,rng=rng,ioeventfd=off",
    "-seed 1",
    "-device virtio-blk-pci,id=disk-system,drive=disk-system,serial=system,ioeventfd=off",
    "-device virtio-serial-pci,id=ports,max_ports=2,ioeventfd=off",
    "-plugin file=/cache/count.so,out=/run/x/counts",
  ]);
});
