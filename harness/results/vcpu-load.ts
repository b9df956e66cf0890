/** What the host gave the machine's vCPUs, summed over all of them since power-on. */
export interface VcpuLoadSample {
  /** Since power-on. */
  readonly atMs: number;
  /** On a host CPU. */
  readonly cpuMs: number;
  /** Ready to run while no host CPU was free. */
  readonly waitedMs: number;
}

/** Samples of one boot in time order. */
export type VcpuLoad = readonly VcpuLoadSample[];

/** What happened in one stretch of time. */
export interface VcpuSpan {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/** cpuMs and waitedMs spent between two moments; between samples they are taken as spread evenly. */
export const loadBetween = (load: VcpuLoad, startMs: number, endMs: number): VcpuSpan =>
  spanOf(at(load, startMs), at(load, endMs));

/** The same, sample by sample. */
export const spansBetween = (
  load: VcpuLoad,
  startMs: number,
  endMs: number,
): readonly VcpuSpan[] => {
  const within = load.filter(({ atMs }) => atMs > startMs && atMs < endMs);
  const edges = [at(load, startMs), ...within, at(load, endMs)];
  return edges.slice(1).map((edge, index) => spanOf(edges[index] ?? edge, edge));
};

const spanOf = (start: VcpuLoadSample, end: VcpuLoadSample): VcpuSpan => ({
  wallMs: end.atMs - start.atMs,
  cpuMs: end.cpuMs - start.cpuMs,
  waitedMs: end.waitedMs - start.waitedMs,
});

const at = (load: VcpuLoad, atMs: number): VcpuLoadSample => {
  const after = load.findIndex((sample) => sample.atMs >= atMs);
  const next = load[after === -1 ? load.length - 1 : after];
  const previous = after > 0 ? load[after - 1] : undefined;
  if (next === undefined) return { atMs, cpuMs: 0, waitedMs: 0 };
  if (previous === undefined || after === -1) return { ...next, atMs };
  const share = (atMs - previous.atMs) / (next.atMs - previous.atMs || 1);
  return {
    atMs,
    cpuMs: previous.cpuMs + share * (next.cpuMs - previous.cpuMs),
    waitedMs: previous.waitedMs + share * (next.waitedMs - previous.waitedMs),
  };
};
