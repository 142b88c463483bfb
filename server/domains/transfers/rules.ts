import { DomainError } from '../../kernel/errors.ts';

export const TRANSFER_STATUSES = ['requested', 'sent', 'partly_received', 'received', 'cancelled'] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

export interface TransferLine {
  readonly id: string;
  readonly transferId: string;
  readonly position: number;
  readonly skuId: string;
  readonly requested: bigint;
  sent: bigint;
  received: bigint;
  /** Sent and never received. */
  lost: bigint;
  /** Received beyond what was sent. */
  extra: bigint;
  reason: string | null;
  /** Which lots left, in the order in which they left; null where the goods are not tracked by lot. */
  lots: readonly LotLeft[] | null;
}

export interface LotLeft {
  readonly code: string;
  readonly expires_on: string | null;
  readonly units: number;
}

/** The lots of `count` units that arrive after `before` have: in the order in which they left. What came beyond has no name. */
export function lotsArriving(left: readonly LotLeft[], before: bigint, count: bigint): LotLeft[] {
  let skip = Number(before);
  let take = Number(count);
  return left.flatMap((lot) => {
    const skipped = Math.min(skip, lot.units);
    skip -= skipped;
    const units = Math.min(take, lot.units - skipped);
    take -= units;
    return units > 0 ? [{ ...lot, units }] : [];
  });
}

export interface Transfer {
  readonly id: string;
  readonly number: string;
  readonly home: string;
  readonly merchantId: string;
  readonly fromNodeId: string;
  readonly toNodeId: string;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly traceId: string;
  status: TransferStatus;
  version: bigint;
  sentAt: Date | null;
  endedAt: Date | null;
  lines: TransferLine[];
}

/** Units of a line that are at no node. */
export const inTransit = (line: Pick<TransferLine, 'sent' | 'received' | 'lost' | 'extra'>): bigint =>
  line.sent + line.extra - line.received - line.lost;

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

const ALLOWED = {
  send: ['requested'],
  cancel: ['requested'],
  receive: ['sent', 'partly_received'],
} as const satisfies Record<string, readonly TransferStatus[]>;
export type TransferAction = keyof typeof ALLOWED;

const WHY: Readonly<Record<TransferStatus, string>> = {
  requested: 'It has not left yet. Send it first.',
  sent: 'It has left already. Receive it, and say what is missing.',
  partly_received: 'Some of it has arrived already.',
  received: 'It has arrived.',
  cancelled: 'It is cancelled.',
};

/** Whether an action is possible; the console's buttons ask this too. */
export function mayTransfer(status: TransferStatus, action: TransferAction): Verdict {
  if ((ALLOWED[action] as readonly TransferStatus[]).includes(status)) return { allowed: true };
  return { allowed: false, why: WHY[status] };
}

export function demandTransfer(transfer: Pick<Transfer, 'number' | 'status'>, action: TransferAction): void {
  const verdict = mayTransfer(transfer.status, action);
  if (!verdict.allowed) throw new DomainError('state_refuses', `${transfer.number}: ${verdict.why}`);
}

function changing(transfer: Transfer, wanted: readonly { readonly lineId: string }[]): Map<string, TransferLine> {
  const lines = new Map(transfer.lines.map((line) => [line.id, { ...line }]));
  const named = new Set<string>();
  for (const { lineId } of wanted) {
    if (!lines.has(lineId)) throw new DomainError('not_found', `${transfer.number} has no such line.`, { lineId });
    if (named.has(lineId)) throw new DomainError('invalid_request', 'A line is named twice.', { lineId });
    named.add(lineId);
  }
  return lines;
}

/**
 * What leaves. `sendable` says how many units of a SKU may leave their node: those that are neither allocated nor promised to somebody.
 * Refuses the whole transfer with every SKU that has fewer.
 */
export function planSend(
  transfer: Transfer,
  wanted: readonly { readonly lineId: string; readonly sent: number }[] | undefined,
  sendable: (skuId: string) => bigint,
  name: (skuId: string) => string,
): TransferLine[] {
  demandTransfer(transfer, 'send');
  const lines = changing(transfer, wanted ?? []);
  for (const line of lines.values()) line.sent = line.requested;
  for (const { lineId, sent } of wanted ?? []) (lines.get(lineId) as TransferLine).sent = BigInt(sent);
  const planned = [...lines.values()];
  const over = planned.filter((line) => line.sent > line.requested);
  if (over.length > 0)
    throw new DomainError('over_limit', `No more leaves than was asked for: ${over.map((line) => name(line.skuId)).join(', ')}.`);
  if (planned.every((line) => line.sent === 0n))
    throw new DomainError('invalid_request', 'Nothing would leave. Cancel the transfer instead.');
  const missing = planned.filter((line) => line.sent > sendable(line.skuId));
  if (missing.length > 0) {
    const list = missing.map((line) => `${name(line.skuId)} (${line.sent} asked, ${sendable(line.skuId)} may leave)`).join(', ');
    throw new DomainError(
      'out_of_stock',
      `Units that are allocated or promised to orders stay where they are: ${list}. Send fewer.`,
      {
        lines: missing.map((line) => line.id),
      },
    );
  }
  return planned;
}

/** What arrived: more than was sent, or an end with less, wants its reason. */
export function planArrival(
  transfer: Transfer,
  wanted: readonly { readonly lineId: string; readonly received: number }[],
  options: { readonly finish: boolean; readonly reason: string | null },
): { readonly lines: TransferLine[]; readonly status: TransferStatus } {
  demandTransfer(transfer, 'receive');
  const lines = changing(transfer, wanted);
  for (const { lineId, received } of wanted) {
    const line = lines.get(lineId) as TransferLine;
    const coming = inTransit(line);
    line.received += BigInt(received);
    if (BigInt(received) > coming) line.extra += BigInt(received) - coming;
  }
  const planned = [...lines.values()];
  if (options.finish) for (const line of planned) line.lost += inTransit(line);
  else if (wanted.every((line) => line.received === 0))
    throw new DomainError('invalid_request', 'Nothing arrived. Give a line a quantity, or finish the transfer and say why.');
  const before = new Map(transfer.lines.map((line) => [line.id, line]));
  for (const line of planned) {
    const known = before.get(line.id) as TransferLine;
    if (line.lost === known.lost && line.extra === known.extra) continue;
    if (options.reason === null)
      throw new DomainError('invalid_request', 'More or less arrived than was sent: say why.', {
        field: 'reason',
        lineId: line.id,
      });
    line.reason = options.reason;
  }
  return { lines: planned, status: planned.every((line) => inTransit(line) === 0n) ? 'received' : 'partly_received' };
}
