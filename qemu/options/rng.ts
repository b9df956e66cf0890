import type { MachineSpec } from "../machine-spec.ts";
import { synchronousNames } from "./counting.ts";
import { keyval } from "./keyval.ts";

/** Entropy from the first second, so that no boot waits for it; rng-builtin follows `-seed`, /dev/urandom would not. */
export const rngOptions = ({
  seed,
  counting,
}: Pick<MachineSpec, "seed" | "counting">): readonly string[] => [
  ...["-object", keyval("rng-builtin", ["id", "rng"])],
  ...["-device", keyval("virtio-rng-pci", ["rng", "rng"], ...synchronousNames(counting))],
  ...(seed === undefined ? [] : ["-seed", String(seed)]),
];
