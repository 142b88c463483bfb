import { DomainError } from '../../kernel/errors.ts';

export const COUNT_STATUSES = ['counting', 'finished', 'cancelled'] as const;
export type CountStatus = (typeof COUNT_STATUSES)[number];

/**
 * open: nobody counted it. moved: units moved while somebody did, so it is counted again. counted: with a difference. agreed: without one.
 * applied, waiting: what became of the difference. left: it was not counted.
 */
export const COUNT_LINE_STATUSES = ['open', 'moved', 'counted', 'agreed', 'applied', 'waiting', 'left'] as const;
export type CountLineStatus = (typeof COUNT_LINE_STATUSES)[number];

export interface CountLine {
  readonly id: string;
  readonly countId: string;
  readonly position: number;
  readonly skuId: string;
  readonly bin: string | null;
  status: CountLineStatus;
  /** On hand as the record said when it was counted, at `nodeVersion`. */
  expected: bigint | null;
  nodeVersion: bigint | null;
  counted: bigint | null;
  rounds: number;
  countedBy: string | null;
  countedAt: Date | null;
}

export interface Count {
  readonly id: string;
  readonly number: string;
  readonly home: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly blind: boolean;
  readonly chosen: string;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly traceId: string;
  status: CountStatus;
  approvalId: string | null;
  version: bigint;
  endedAt: Date | null;
  lines: CountLine[];
}

/** What was found beyond the record, or is missing of it. */
export const varianceOf = (line: Pick<CountLine, 'expected' | 'counted'>): bigint => (line.counted ?? 0n) - (line.expected ?? 0n);

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Whether anything may still be written on the sheet. */
export function mayCount(status: CountStatus): Verdict {
  if (status === 'counting') return { allowed: true };
  return { allowed: false, why: status === 'finished' ? 'It is finished. Make another count.' : 'It is cancelled.' };
}

export function demandCounting(count: Pick<Count, 'number' | 'status'>): void {
  const verdict = mayCount(count.status);
  if (!verdict.allowed) throw new DomainError('state_refuses', `${count.number}: ${verdict.why}`);
}

/** The record as it is locked. */
export interface Shelf {
  readonly onHand: bigint;
  readonly version: bigint;
  /** Whether units came or went since the version that the counter saw. */
  readonly moved: boolean;
}

/** Writes a figure on a line. Units that moved while it was counted make it void: nobody knows whether they were counted. */
export function writeFigure(line: CountLine, counted: bigint, shelf: Shelf, by: string, now: Date): void {
  line.rounds += 1;
  line.countedBy = by;
  line.countedAt = now;
  if (shelf.moved) {
    Object.assign(line, { status: 'moved', expected: null, nodeVersion: null, counted: null });
    return;
  }
  const status: CountLineStatus = counted === shelf.onHand ? 'agreed' : 'counted';
  Object.assign(line, { status, expected: shelf.onHand, nodeVersion: shelf.version, counted });
}

/** What nobody counted, or has to count again. */
export const uncounted = (lines: readonly CountLine[]): CountLine[] =>
  lines.filter((line) => line.status === 'open' || line.status === 'moved');

/** Whether a difference waits for a second person: by its units, or by what they are worth. */
export function waits(variance: bigint, limitUnits: bigint | null, byWorth: boolean): boolean {
  const units = variance < 0n ? -variance : variance;
  return byWorth || (limitUnits !== null && units >= limitUnits && units > 0n);
}
