/** What a benchmark process prints, one JSON object a line on stdout; all that a person may want goes to stderr. */
export type BenchLine = Measurement | HostFact;

export type Measurement = RatioMeasurement | ValueMeasurement;

interface MeasurementFacts {
  readonly name: string;
  readonly unit: string;
  readonly target?: Target;
}

/** Ours against something bare, measured in turn: A B, B A, A B… */
export interface RatioMeasurement extends MeasurementFacts {
  readonly kind: "ratio";
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly ours: number;
  readonly bare: number;
}

export interface ValueMeasurement extends MeasurementFacts {
  readonly kind: "value";
  readonly values: readonly number[];
}

/** What the ratio, or the value, should be. A miss is shown; it never fails anything. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** Something about this host that only the benchmark process knows. */
export interface HostFact {
  readonly kind: "fact";
  readonly name: string;
  readonly value: string;
}

export const report = (line: BenchLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** Measures both sides `count` times, alternating which comes first, so that drift of the host falls on both. */
export const interleave = async (
  count: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
  say: (pair: Pair, index: number) => void,
): Promise<readonly Pair[]> => {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index += 1) {
    const first = index % 2 === 0 ? await ours() : await bare();
    const second = index % 2 === 0 ? await bare() : await ours();
    const pair = index % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first };
    pairs.push(pair);
    say(pair, index);
  }
  return pairs;
};
