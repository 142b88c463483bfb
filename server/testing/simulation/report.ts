import type { FaultKind } from './faults.ts';
import { FAULT_KINDS } from './faults.ts';
import type { Run } from './simulate.ts';

/** Steps of the end of a seed that say how it came to what was found. */
const LAST_STEPS = 80;

/** What was found, how it came about, and the command that does it again. */
export function describeViolation(run: Run, bug?: string): string {
  const again = `SIMULATION_SEED=${run.seed}${bug ? ` SIMULATION_BUG='${bug}'` : ''}`;
  return [
    `Seed ${run.seed}: ${run.violation}`,
    '',
    `The last ${Math.min(LAST_STEPS, run.trace.length)} of ${run.trace.length} lines:`,
    ...run.trace.slice(-LAST_STEPS),
    '',
    `Again, to the last step: ${again} npx vitest run server/flows/simulation.test.ts`,
  ].join('\n');
}

/** What many seeds came to. */
export class Tally {
  seeds = 0;
  private readonly sums = { steps: 0, transactions: 0, orders: 0, requests: 0, seconds: 0, tookMs: 0 };
  private readonly faults = new Map<FaultKind, number>();

  add(run: Run): void {
    this.seeds += 1;
    for (const figure of Object.keys(this.sums) as (keyof typeof this.sums)[]) this.sums[figure] += run[figure];
    for (const [kind, count] of run.faults) this.faults.set(kind, (this.faults.get(kind) ?? 0) + count);
  }

  figures(): (readonly [string, number])[] {
    const { steps, transactions, orders, requests, seconds, tookMs } = this.sums;
    const total = [...this.faults.values()].reduce((sum, count) => sum + count, 0);
    return [
      ['seeds', this.seeds],
      ['seeds per second', this.seeds / (tookMs / 1_000)],
      ['scheduled steps', steps],
      ['transactions and single statements committed', transactions],
      ['orders placed', orders],
      ['requests answered', requests],
      ['hours of virtual time', seconds / 3_600],
      ['faults', total],
      ...FAULT_KINDS.map((kind) => [`… ${kind}`, this.faults.get(kind) ?? 0] as const),
    ];
  }
}
