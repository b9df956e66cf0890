import { saidBy } from "./kubelet-health.ts";
import type { KubeletServer } from "./kubelet-server.ts";

/** Series of the kubelet's /metrics: `name{labels}` and their values. */
export type Metrics = ReadonlyMap<string, number>;

/** Undefined, with the reason, where it serves none. */
export const metricsOf = async (
  server: KubeletServer,
): Promise<{ readonly metrics: Metrics } | { readonly reason: string }> => {
  const outcome = await server.get("/metrics");
  if (outcome.kind !== "answered" || outcome.status !== 200 || outcome.isTruncated)
    return { reason: saidBy(outcome) };
  return { metrics: parseMetrics(String(outcome.body)) };
};

const sampleLine = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)(?: -?\d+)?$/;

/** Of the Prometheus text format, without its comments. */
export const parseMetrics = (text: string): Metrics => {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, series, value] = sampleLine.exec(line) ?? [];
    if (series !== undefined && value !== undefined) found.set(series, Number(value));
  }
  return found;
};

/** The sum of all series of a name whose labels have these values. */
export const sumOf = (
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const values = [...metrics]
    .filter(([series]) => series === name || series.startsWith(`${name}{`))
    .filter(([series]) => wanted.every((one) => series.includes(one)))
    .map(([, value]) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
};
