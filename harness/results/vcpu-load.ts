/** What the host gave the machine's vCPUs, summed over all of them since power-on. */
export interface VcpuLoadSample {
  readonly atMs: number;
  /** On a host CPU. */
  readonly cpuMs: number;
  /** Ready to run while no host CPU was free. */
  readonly waitedMs: number;
}

/** Samples of one boot in time order. */
export type VcpuLoad = readonly VcpuLoadSample[];

/** cpuMs and waitedMs spent between two moments; between samples they are taken as spread evenly. */
export const loadBetween = (
  load: VcpuLoad,
  startMs: number,
  endMs: number,
): { readonly cpuMs: number; readonly waitedMs: number } => {
  const start = at(load, startMs);
  const end = at(load, endMs);
  return { cpuMs: end.cpuMs - start.cpuMs, waitedMs: end.waitedMs - start.waitedMs };
};

const at = (
  load: VcpuLoad,
  atMs: number,
): { readonly cpuMs: number; readonly waitedMs: number } => {
  const after = load.findIndex((sample) => sample.atMs >= atMs);
  const next = load[after === -1 ? load.length - 1 : after];
  const previous = after > 0 ? load[after - 1] : undefined;
  if (next === undefined) return { cpuMs: 0, waitedMs: 0 };
  if (previous === undefined || after === -1) return next;
  const share = (atMs - previous.atMs) / (next.atMs - previous.atMs || 1);
  return {
    cpuMs: previous.cpuMs + share * (next.cpuMs - previous.cpuMs),
    waitedMs: previous.waitedMs + share * (next.waitedMs - previous.waitedMs),
  };
};
