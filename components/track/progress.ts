import type { SpanState } from '../../server/kernel/vocabulary.ts';

/** How far units get, in the order in which they get there. */
export const STEPS = ['ordered', 'packed', 'shipped', 'delivered'] as const;
export type Step = (typeof STEPS)[number];

const REACHED: Readonly<Record<Exclude<SpanState, 'cancelled'>, number>> = {
  open: 0,
  backordered: 0,
  allocated: 1,
  shipped: 2,
  delivered: 3,
  returned: 3,
};

export interface StepReached {
  readonly step: Step;
  /** How many of the units that are not cancelled got this far. */
  readonly units: number;
}

/** How many units reached each step, of how many; null where nothing is left to wait for. */
export function progressOf(
  lines: readonly { readonly units: readonly { readonly state: SpanState; readonly units: number }[] }[],
): { readonly total: number; readonly steps: readonly StepReached[] } | null {
  const counts = [0, 0, 0, 0];
  for (const { state, units } of lines.flatMap((line) => line.units)) {
    if (state === 'cancelled') continue;
    for (let step = 0; step <= REACHED[state]; step++) counts[step] = (counts[step] ?? 0) + units;
  }
  const total = counts[0] ?? 0;
  return total === 0 ? null : { total, steps: STEPS.map((step, at) => ({ step, units: counts[at] ?? 0 })) };
}
