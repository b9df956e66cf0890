import type { InstructionCounting, Port } from "../machine-spec.ts";
import { socketChardev } from "./chardev.ts";
import { synchronousNames } from "./counting.ts";
import { keyval } from "./keyval.ts";

/** All named ports, on one virtio-serial controller; nothing when there are none. */
export const portOptions = (
  ports: readonly Port[],
  counting?: InstructionCounting,
): readonly string[] => {
  if (ports.length === 0) return [];
  return [
    // Port 0 is kept for a console by the device, so one more than the named ports is needed.
    ...[
      "-device",
      keyval(
        "virtio-serial-pci",
        ["id", "ports"],
        ["max_ports", ports.length + 1],
        ...synchronousNames(counting),
      ),
    ],
    ...ports.flatMap(({ name, socketPath }, index) => [
      ...socketChardev(`port${index}`, socketPath),
      ...[
        "-device",
        keyval("virtserialport", ["bus", "ports.0"], ["chardev", `port${index}`], ["name", name]),
      ],
    ]),
  ];
};
