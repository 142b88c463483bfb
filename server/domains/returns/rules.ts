import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';
import { type Span, type UnitMoney, type UnitRange, unitsIn } from '../../kernel/units.ts';
import type { ReturnStatus } from '../../kernel/vocabulary.ts';
import type { PhotoType, Restock, ReturnReason, ReturnResolution, ReturnTerms, ReturnVerdict, ReturnWish } from './schema.ts';

/** Units of a return that share one fate. */
export interface ReturnLine extends UnitRange {
  readonly reason: ReturnReason | 'unannounced';
  readonly note: string | null;
  readonly status: 'announced' | 'received' | 'inspected' | 'missing';
  readonly nodeId: string | null;
  readonly verdict: ReturnVerdict | null;
  readonly valueBps: number | null;
  readonly stock: Restock | null;
  readonly remark: string | null;
}

/** What a customer sends back after a delivery. */
export interface Return {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly wants: ReturnWish;
  readonly policyVersion: number;
  readonly terms: ReturnTerms;
  readonly despite: string | null;
  readonly note: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly currency: string;
  readonly traceId: string;
  status: ReturnStatus;
  decidedBy: string | null;
  decidedAt: Date | null;
  declineReason: string | null;
  endedReason: string | null;
  sendBy: Date | null;
  nodeId: string | null;
  carrier: string | null;
  carrierRef: string | null;
  trackingNumber: string | null;
  labelUrl: string | null;
  labelError: string | null;
  labelledAt: Date | null;
  sentAt: Date | null;
  arrivedAt: Date | null;
  receivedAt: Date | null;
  inspectedAt: Date | null;
  resolution: ReturnResolution | null;
  dueMinor: bigint;
  feeMinor: bigint;
  labelFeeMinor: bigint;
  exchangedMinor: bigint;
  refundMinor: bigint;
  refundId: string | null;
  settledBy: string | null;
  settledAt: Date | null;
  closedAt: Date | null;
  /** How far a replacement is that leaves before the goods come back; null where there is none. */
  advanceStatus: AdvanceStatus | null;
  /** What it costs: held of the customer's card. */
  advanceMinor: bigint;
  /** Why it went without a card that could be asked. */
  advanceWhy: string | null;
  /** The payment that secures it. */
  securityId: string | null;
  /** What the customer pays of it, because less came back. */
  chargeMinor: bigint;
  version: bigint;
}

export const ADVANCE_STATUSES = ['securing', 'refused', 'sent', 'released', 'charged', 'unpaid'] as const;
export type AdvanceStatus = (typeof ADVANCE_STATUSES)[number];

/** Whether other goods were sent before these came back, and whoever has both still owes one of them. */
export const isAdvanced = (one: Pick<Return, 'advanceStatus'>): boolean =>
  one.advanceStatus !== null && one.advanceStatus !== 'refused';

/** What can happen to a return. */
export const RETURN_EVENTS = [
  'approve',
  'decline',
  'label',
  'send',
  'receive',
  'inspect',
  'settle',
  'pay',
  'reopen',
  'cancel',
  'expire',
  'close',
] as const;
export type ReturnEvent = (typeof RETURN_EVENTS)[number];

/**
 * Per event: from which statuses it may happen, and where it leads. A settled return whose money did not go (refused, undone, failed) is
 * opened again. docs/returns.md shows what each means.
 */
export const RETURN_TRANSITIONS = {
  approve: { requested: 'approved' },
  decline: { requested: 'declined' },
  label: { approved: 'labelled' },
  send: { approved: 'in_transit', labelled: 'in_transit' },
  receive: { approved: 'received', labelled: 'received', in_transit: 'received', received: 'received' },
  inspect: { received: 'inspected' },
  settle: { inspected: 'settled' },
  pay: { settling: 'settled' },
  reopen: { settling: 'inspected', settled: 'inspected' },
  cancel: { requested: 'cancelled', approved: 'cancelled', labelled: 'cancelled' },
  expire: { approved: 'expired', labelled: 'expired' },
  close: { settled: 'closed' },
} as const satisfies Record<ReturnEvent, Partial<Record<ReturnStatus, ReturnStatus>>>;

/** How a return stands, as a sentence about it. */
const STANDS: Readonly<Record<ReturnStatus, string>> = {
  requested: 'waits for an approval',
  declined: 'was declined',
  approved: 'is approved, and nothing of it was received yet',
  labelled: 'is approved, and nothing of it was received yet',
  in_transit: 'is on its way, and nothing of it was received yet',
  received: 'was received, and is not inspected yet',
  inspected: 'is inspected, and waits to be settled',
  settling: 'is settled, and its money is on its way',
  settled: 'is settled',
  closed: 'is closed',
  cancelled: 'was cancelled',
  expired: 'has expired: it was never sent',
};

export type ReturnVerdictOf = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Whether an event may happen to a return, or why not: for the button, and for the server under the lock. */
function mayHappen(one: Pick<Return, 'number' | 'status'>, event: ReturnEvent): ReturnVerdictOf {
  const to = (RETURN_TRANSITIONS[event] as Partial<Record<ReturnStatus, ReturnStatus>>)[one.status];
  return to ? { allowed: true } : { allowed: false, why: `Return ${one.number} ${STANDS[one.status]}.` };
}

/** Where an event leads. Throws the sentence of refusal. */
export function after(one: Pick<Return, 'number' | 'status'>, event: ReturnEvent): ReturnStatus {
  const allowed = mayHappen(one, event);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why, { status: one.status });
  return (RETURN_TRANSITIONS[event] as Record<string, ReturnStatus>)[one.status] as ReturnStatus;
}

/** Whether its units are still spoken for. */
export function isLive(status: ReturnStatus): boolean {
  return status !== 'declined' && status !== 'cancelled' && status !== 'expired';
}

/** What counts where a merchant has said nothing. */
export const DEFAULT_TERMS: ReturnTerms = {
  windowDays: 30,
  sendWithinDays: 14,
  restockingBps: 0,
  labelPayer: 'merchant',
  labelFeeMinor: 0n,
  destination: 'choice',
  exchanges: true,
  autoApprove: false,
  finalSale: [],
};

export interface Policy {
  readonly version: number;
  readonly currency: string | null;
  readonly terms: ReturnTerms;
}
export const NO_POLICY: Policy = { version: 0, currency: null, terms: DEFAULT_TERMS };

/** A line as the rules of returns see it. */
export interface ReturnableLine extends UnitMoney {
  readonly id: string;
  readonly name: string;
  readonly skuCode: string | null;
  readonly stocked: boolean;
  readonly replacesLineId?: string | null;
}

export interface ReturnFacts {
  readonly lines: readonly ReturnableLine[];
  readonly spans: readonly Span[];
  /** When the units of a shipment were delivered. */
  readonly deliveredAt: (span: Span) => Date | null;
}

const DAY_MS = 86_400_000;
const day = (at: Date): string => at.toISOString().slice(0, 10);

/** Whether units are with the customer, and no refund and no return has them. */
export function isReturnable(span: Span): boolean {
  return span.state === 'delivered' && span.refundId === null && !span.returnId;
}

/** What of a line may be sent back now, until when, and why not the rest: one answer for the agent, the customer and the API. */
export interface LineOffer {
  readonly lineId: string;
  readonly name: string;
  readonly quantity: number;
  readonly until: Date | null;
  /** Why nothing of it may be sent back; null where something may. */
  readonly why: string | null;
  readonly ranges: readonly UnitRange[];
}

export function offerOf(terms: ReturnTerms, facts: ReturnFacts, line: ReturnableLine, now: Date): LineOffer {
  const own = facts.spans.filter((span) => span.lineId === line.id);
  const none = (why: string): LineOffer => ({ lineId: line.id, name: line.name, quantity: 0, until: null, why, ranges: [] });
  if (!line.stocked) return none(`${line.name} is a service: it cannot be sent back.`);
  if (line.replacesLineId) return none(`${line.name} was sent in place of another item: ask the shop about it.`);
  const here = own.filter(isReturnable);
  if (here.length === 0) return none(whyNone(line, own));
  if (line.skuCode !== null && terms.finalSale.includes(line.skuCode))
    return none(`${line.name} is final sale: it is not taken back.`);
  const ends = here.map((span) => ({ span, until: endOf(facts.deliveredAt(span) ?? now, terms) }));
  const open = ends.filter(({ until }) => until >= now);
  if (open.length === 0) {
    const last = new Date(Math.max(...ends.map(({ until }) => until.getTime())));
    return none(
      terms.windowDays === 0
        ? `${line.name} is not taken back: the shop takes no returns.`
        : `${line.name} could be sent back within ${terms.windowDays} days of its delivery, until ${day(last)}.`,
    );
  }
  return {
    lineId: line.id,
    name: line.name,
    quantity: unitsIn(open.map(({ span }) => span)),
    until: new Date(Math.min(...open.map(({ until }) => until.getTime()))),
    why: null,
    ranges: open.map(({ span: { lineId, from, to } }) => ({ lineId, from, to })),
  };
}

const endOf = (delivered: Date, terms: ReturnTerms): Date => new Date(delivered.getTime() + terms.windowDays * DAY_MS);

function whyNone(line: ReturnableLine, own: readonly Span[]): string {
  if (own.some((span) => ['open', 'backordered', 'allocated', 'shipped'].includes(span.state)))
    return `${line.name} is not delivered yet.`;
  if (own.some((span) => span.returnId)) return `${line.name} is in a return already.`;
  if (own.some((span) => span.refundId !== null)) return `${line.name} is refunded already.`;
  return `${line.name} was not delivered.`;
}

/** The units that somebody wants to send back, or the sentence why not. `anyway` takes what is with the customer, whatever the policy. */
export function planReturn(
  terms: ReturnTerms,
  facts: ReturnFacts,
  wanted: readonly { lineId: string; quantity: number; reason: ReturnReason; note?: string | undefined }[],
  now: Date,
  anyway: boolean,
): ReturnLine[] {
  const taken = new Map<string, number>();
  return wanted.flatMap(({ lineId, quantity, reason, note }) => {
    const line = facts.lines.find((candidate) => candidate.id === lineId);
    if (!line) throw new DomainError('not_found', 'The order has no such line.');
    const offer = anyway ? everything(facts, line) : offerOf(terms, facts, line, now);
    if (offer.why !== null) throw new DomainError('state_refuses', offer.why, { lineId });
    const before = taken.get(lineId) ?? 0;
    taken.set(lineId, before + quantity);
    if (before + quantity > offer.quantity)
      throw new DomainError(
        'over_limit',
        `Only ${offer.quantity} of ${line.name} can be sent back; ${before + quantity} were asked for.`,
        { lineId, left: offer.quantity },
      );
    return unitsFrom(offer.ranges, before, quantity).map((range) => announced(range, reason, note ?? null));
  });
}

function everything(facts: ReturnFacts, line: ReturnableLine): LineOffer {
  const own = facts.spans.filter((span) => span.lineId === line.id);
  const here = line.stocked && !line.replacesLineId ? own.filter(isReturnable) : [];
  const ranges = here.map(({ lineId, from, to }) => ({ lineId, from, to }));
  const why = ranges.length === 0 ? whyNone(line, own) : null;
  return { lineId: line.id, name: line.name, quantity: unitsIn(ranges), until: null, why, ranges };
}

/** `count` units of ranges, after the first `skip`. */
export function unitsFrom(ranges: readonly UnitRange[], skip: number, count: number): UnitRange[] {
  const units: UnitRange[] = [];
  let ahead = skip;
  let left = count;
  for (const { lineId, from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const size = to - from + 1;
    const passed = Math.min(ahead, size);
    ahead -= passed;
    const taken = Math.min(left, size - passed);
    if (taken > 0) units.push({ lineId, from: from + passed, to: from + passed + taken - 1 });
    left -= taken;
  }
  return units;
}

function announced(range: UnitRange, reason: ReturnReason, note: string | null): ReturnLine {
  return { ...range, ...BLANK, reason, note, status: 'announced' };
}
const BLANK = { nodeId: null, verdict: null, valueBps: null, stock: null, remark: null } as const;

/** Changes the first units of a line that are in a status, in unit order, cutting rows where the count ends inside them. */
export function changeLines(
  lines: readonly ReturnLine[],
  of: { readonly lineId: string; readonly quantity: number; readonly status: ReturnLine['status'] },
  change: Partial<ReturnLine>,
): ReturnLine[] {
  let left = of.quantity;
  return [...lines]
    .sort((a, b) => (a.lineId === b.lineId ? a.from - b.from : a.lineId < b.lineId ? -1 : 1))
    .flatMap((line) => {
      if (line.lineId !== of.lineId || line.status !== of.status || left === 0) return [line];
      const size = Math.min(left, line.to - line.from + 1);
      left -= size;
      const cut = line.from + size - 1;
      const changed = { ...line, ...change, to: cut };
      return cut === line.to ? [changed] : [changed, { ...line, from: cut + 1 }];
    });
}

export const unitsOfStatus = (lines: readonly ReturnLine[], lineId: string, status: ReturnLine['status']): number =>
  unitsIn(lines.filter((line) => line.lineId === lineId && line.status === status));

/** Where the money goes: the policy decides, and where it leaves the choice the wish. What is asked for against it is refused. */
export function resolve(terms: ReturnTerms, wish: ReturnWish, asked?: ReturnWish): ReturnWish {
  const wanted = asked ?? wish;
  if (wanted === 'exchange' && terms.exchanges) return wanted;
  if (asked === 'exchange') throw new DomainError('state_refuses', 'The return policy offers no exchange.');
  const only = { original: 'refund', store_credit: 'store_credit', choice: null } as const;
  const by = only[terms.destination] ?? (wanted === 'exchange' ? 'refund' : wanted);
  if (asked !== undefined && asked !== by)
    throw new DomainError(
      'state_refuses',
      by === 'refund'
        ? 'The return policy gives the money back the way it was paid.'
        : 'The return policy gives store credit for what comes back.',
    );
  return by;
}

/** The policy as one sentence for everybody. */
export function termsSentence(terms: ReturnTerms, currency: string): string {
  if (terms.windowDays === 0) return 'The shop takes no returns.';
  const to = {
    original: 'The money goes back the way it was paid.',
    store_credit: 'You get store credit for what comes back.',
    choice: 'You choose between your money back and store credit.',
  }[terms.destination];
  const fee =
    terms.restockingBps > 0
      ? ` ${percent(terms.restockingBps)} is kept of what comes back although nothing was wrong with it.`
      : '';
  const label =
    terms.labelPayer === 'merchant'
      ? ' The label is free.'
      : ` The label costs ${said(terms.labelFeeMinor, currency)} where nothing was wrong.`;
  return `Items may be sent back within ${terms.windowDays} days of their delivery. ${to}${fee}${label}`;
}

/** An amount for a sentence. */
export const said = (amountMinor: bigint, currency: string): string => `${toMajor({ amountMinor, currency })} ${currency}`;
const percent = (bps: number): string => `${bps / 100}%`;

const MAGIC: Readonly<Record<PhotoType, (bytes: Uint8Array) => boolean>> = {
  'image/jpeg': (bytes) => startsWith(bytes, [0xff, 0xd8, 0xff]),
  'image/png': (bytes) => startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  'image/webp': (bytes) => startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]),
};
const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean => head.every((byte, at) => bytes[at] === byte);

/** Whether bytes begin as a picture of the type does. */
export const isPhoto = (bytes: Uint8Array, type: PhotoType): boolean => MAGIC[type](bytes);
