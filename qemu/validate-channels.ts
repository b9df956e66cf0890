import { type MachineSpec, tpmSocketPath } from "./machine-spec.ts";
import type { Problem } from "./problem.ts";
import { duplicateProblems } from "./validate-duplicates.ts";

// sun_path has 108 bytes with its closing NUL (unix(7)).
const maxSocketPathBytes = 107;
// max_ports of virtio-serial is at most 31 (hw/char/virtio-serial-bus.c), and port 0 is the console's.
const maxPorts = 30;

/** What is wrong with the console, the ports and QMP: all that QEMU talks over. */
export const channelProblems = (spec: MachineSpec): readonly Problem[] => {
  const sockets = [
    { at: "qmpSocketPath", path: spec.qmpSocketPath },
    // A FIFO may have a longer path, but lies beside the sockets.
    { at: "console.pipePath", path: spec.console.pipePath },
    ...spec.ports.map(({ socketPath }, index) => ({
      at: `ports[${index}].socketPath`,
      path: socketPath,
    })),
    ...(spec.tpm === undefined ? [] : [{ at: "tpm.directory", path: tpmSocketPath(spec.tpm) }]),
  ];
  return [
    ...sockets.flatMap(({ at, path }) => socketProblems(at, path)),
    ...duplicateProblems(
      sockets.map(({ path }) => path),
      (index) => sockets[index]?.at ?? "",
    ),
    ...spec.ports.flatMap(({ name }, index) => nameProblems(`ports[${index}].name`, name)),
    ...duplicateProblems(
      spec.ports.map(({ name }) => name),
      (index) => `ports[${index}].name`,
    ),
    ...(spec.ports.length > maxPorts
      ? [
          {
            path: "ports",
            message: `Expected at most ${maxPorts} ports, saw ${spec.ports.length}`,
            remedy: "Use fewer ports",
          },
        ]
      : []),
  ];
};

const socketProblems = (at: string, path: string): readonly Problem[] => {
  const bytes = Buffer.byteLength(path);
  if (path.startsWith("/") && bytes <= maxSocketPathBytes) return [];
  return [
    {
      path: at,
      message: `Expected an absolute path of at most ${maxSocketPathBytes} bytes, saw ${bytes}: ${path.slice(0, 200)}`,
      remedy: "Set TMPDIR to a shorter directory",
    },
  ];
};

const nameProblems = (at: string, name: string): readonly Problem[] =>
  /^[A-Za-z0-9._-]{1,60}$/.test(name)
    ? []
    : [
        {
          path: at,
          message: `Expected 1 to 60 characters of a-z A-Z 0-9 . _ -, saw ${JSON.stringify(name.slice(0, 100))}`,
          remedy: "Choose a plain port name, as in org.bootwright.agent",
        },
      ];
