/** What a bench is: `bench/<name>.ts` exports one as `bench`, and `npm run bench -- <name>` runs it. */
export interface BenchOptions {
  /** How long each phase measures, after its warm-up. */
  readonly seconds: number;
  /** Tells the person at the terminal what is going on. */
  readonly say: (line: string) => void;
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface BenchResult {
  /** The figure the bench is for, in its unit. */
  readonly value: number;
  /** The same work done another way, in the same unit and run. */
  readonly baselines: Readonly<Record<string, number>>;
  /** `value` divided by each baseline. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Of the measured requests, in milliseconds. */
  readonly latency_ms: Latency;
  /** Whether everything that must always be true was true afterwards (`npm run oracle`). */
  readonly oracle: 'ok' | 'violated';
  /** Other figures by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What the baselines send, for whoever wants to know whether they are fair: statements by baseline. */
  readonly sql?: Readonly<Record<string, readonly string[]>>;
}

export interface Bench {
  readonly name: string;
  readonly unit: string;
  /** A sentence for the page of figures: what is measured, how. */
  readonly what: string;
  /** How long it measures where nobody says; 10 s where absent. */
  readonly seconds?: number;
  readonly run: (options: BenchOptions) => Promise<BenchResult>;
}

/** `value` against each baseline, two digits. */
export function ratiosOf(value: number, baselines: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(baselines).map(([name, baseline]) => [name, baseline > 0 ? round(value / baseline, 2) : 0]),
  );
}

export function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

/** The value below which a share of the samples lies (nearest rank). Sorts in place. */
export function latencyOf(samples: Float64Array): Latency {
  samples.sort();
  const at = (share: number): number => {
    const index = Math.min(samples.length - 1, Math.max(0, Math.ceil(share * samples.length) - 1));
    return samples.length === 0 ? 0 : round(samples[index] as number, 2);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
