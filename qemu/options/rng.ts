import { keyval } from "./keyval.ts";

/** Entropy from the first second, so that no boot waits for it; rng-builtin follows `-seed`, /dev/urandom would not. */
export const rngOptions = (seed: number | undefined): readonly string[] => [
  ...["-object", keyval("rng-builtin", ["id", "rng"])],
  ...["-device", keyval("virtio-rng-pci", ["rng", "rng"])],
  ...(seed === undefined ? [] : ["-seed", String(seed)]),
];
