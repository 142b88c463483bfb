import { DomainError } from '../../kernel/errors.ts';
import type { Span } from '../../kernel/units.ts';
import type { BackorderKind, PolicyKind, SetBackorderPolicyInput } from './schema.ts';

/** What may be sold beyond stock of a SKU in a region. Days are ISO dates such as 2026-12-24. */
export interface Policy {
  readonly skuId: string;
  readonly region: string;
  readonly merchantId: string;
  readonly version: number;
  readonly kind: PolicyKind;
  readonly limitUnits: bigint;
  readonly leadDays: number | null;
  readonly releaseOn: string | null;
  readonly stopOn: string | null;
  readonly stopWithoutInbound: boolean;
  readonly stopAtWaiting: bigint | null;
  /** So many units waited that selling beyond stock stopped; a new version starts it again. */
  readonly stopped: 'waiting' | null;
  readonly payDays: number;
  readonly note: string | null;
}

/** Units of an order's line that wait to come, promised for one day. */
export interface Backorder {
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly orderId: string;
  readonly skuId: string;
  readonly region: string;
  readonly merchantId: string;
  readonly kind: BackorderKind;
  readonly policyVersion: number;
  /** When the units began to wait: who came first is served first. */
  readonly since: Date;
  readonly firstPromisedOn: string;
  promisedOn: string;
  /** The later day that the customer agreed to. */
  acceptedOn: string | null;
  /** The announced delivery that covers them. */
  inboundId: string | null;
  /** How long the customer has to pay, should the bank not hold the money any more. */
  readonly payDays: number;
}

/** Units that are announced for a day. */
export interface Arrival {
  readonly id: string;
  readonly on: string;
  readonly units: bigint;
}

/** The counters of a SKU's supply that say how much is promised beyond stock. */
export interface Promised {
  readonly sellable: bigint;
  readonly promised: bigint;
  readonly limitOver: bigint;
  readonly shortfall: bigint;
}

export interface SaleFacts {
  /** ISO date. */
  readonly today: string;
  /** Units that are announced and not here yet. */
  readonly inbound: bigint;
}

export type StopReason = 'off' | 'date' | 'no_inbound' | 'waiting';
export type Sale = { readonly open: true; readonly limit: bigint } | { readonly open: false; readonly reason: StopReason };

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Units promised beyond what is in stock; those that are missing and have open work are not among them. */
export function beyondStock(supply: Promised): bigint {
  return most(supply.promised - most(supply.sellable, 0n) - supply.shortfall, 0n);
}

/** Whether units may be sold beyond stock now, up to how many in all, or what stopped it. */
export function saleOf(policy: Policy | undefined, facts: SaleFacts): Sale {
  if (!policy || policy.kind === 'none') return { open: false, reason: 'off' };
  if (policy.stopped) return { open: false, reason: policy.stopped };
  if (policy.stopOn !== null && facts.today >= policy.stopOn) return { open: false, reason: 'date' };
  if (policy.stopWithoutInbound && facts.inbound <= 0n) return { open: false, reason: 'no_inbound' };
  return { open: true, limit: policy.stopWithoutInbound ? least(policy.limitUnits, facts.inbound) : policy.limitUnits };
}

/**
 * What `limit_over` should be. It never falls below what is promised beyond stock already: whoever was promised keeps the promise. It does
 * not rise while promised units are missing, for that would sell what is somebody's already.
 */
export function targetLimit(sale: Sale, supply: Promised): bigint {
  const wanted = most(sale.open ? sale.limit : 0n, beyondStock(supply));
  return supply.shortfall > 0n ? least(wanted, supply.limitOver) : wanted;
}

/** Whether so many units wait by now that the policy stops. */
export function stopsNow(policy: Policy, waiting: bigint): boolean {
  return policy.kind !== 'none' && policy.stopped === null && policy.stopAtWaiting !== null && waiting >= policy.stopAtWaiting;
}

/** The policy a person asked for, as the version after `known`. */
export function planPolicy(
  input: SetBackorderPolicyInput,
  known: Policy | undefined,
  where: { readonly region: string; readonly today: string },
): Policy {
  const version = known?.version ?? 0;
  if (input.version !== undefined && input.version !== version)
    throw new DomainError('conflict', `Somebody changed this policy: it is at version ${version}. Look again.`, { version });
  const refuse = (field: string, why: string): never => {
    throw new DomainError('invalid_request', why, { field });
  };
  if (input.kind !== 'none' && input.limitUnits < 1)
    refuse('limitUnits', 'Say how many units may be sold beyond stock: 1 at least.');
  if (input.kind === 'backorder' && input.leadDays === undefined)
    refuse('leadDays', 'A backorder needs the days until units come that no announced delivery covers.');
  if (input.kind === 'preorder' && input.releaseOn === undefined) refuse('releaseOn', 'A preorder needs its release date.');
  if (input.kind !== 'none' && input.stopOn !== undefined && input.stopOn <= where.today)
    refuse('stopOn', 'The day to stop has passed: choose a later one, or switch the policy off.');
  const sells = input.kind !== 'none';
  return {
    skuId: input.skuId,
    region: where.region,
    merchantId: input.merchantId,
    version: version + 1,
    kind: input.kind,
    limitUnits: sells ? BigInt(input.limitUnits) : 0n,
    // Those who wait already go on being told by the times of the policy that is switched off.
    leadDays: input.kind === 'backorder' ? (input.leadDays ?? null) : sells ? null : (known?.leadDays ?? null),
    releaseOn: input.kind === 'preorder' ? (input.releaseOn ?? null) : sells ? null : (known?.releaseOn ?? null),
    stopOn: sells ? (input.stopOn ?? null) : null,
    stopWithoutInbound: sells && input.stopWithoutInbound,
    stopAtWaiting: sells && input.stopAtWaiting !== undefined ? BigInt(input.stopAtWaiting) : null,
    stopped: null,
    payDays: input.payDays,
    note: input.note ?? null,
  };
}

/** The day `days` after `day`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The calendar day of an instant, in UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** When units come that no announced delivery covers. */
function ownDay(policy: Pick<Policy, 'leadDays' | 'releaseOn'>, today: string): string {
  return later(dayAfter(today, policy.leadDays ?? 0), policy.releaseOn);
}

const later = (day: string, other: string | null): string => (other !== null && other > day ? other : day);

/** A part of a demand: its first `units` that are left, covered by an arrival or by none. */
export interface Part {
  readonly units: bigint;
  readonly arrival: Arrival | null;
}

/**
 * Which arrival each of the queue's demands is covered by: first come, first served, in order of day. A demand that one arrival does not
 * cover whole is cut; what none covers comes last, with none.
 */
export function coverQueue(demands: readonly bigint[], arrivals: readonly Arrival[]): Part[][] {
  const left = [...arrivals].sort((a, b) => (a.on === b.on ? (a.id < b.id ? -1 : 1) : a.on < b.on ? -1 : 1));
  let at = 0;
  let room = left[0]?.units ?? 0n;
  return demands.map((demand) => {
    const parts: Part[] = [];
    let need = demand;
    while (need > 0n && at < left.length) {
      if (room <= 0n) {
        at += 1;
        room = left[at]?.units ?? 0n;
        continue;
      }
      const units = least(need, room);
      parts.push({ units, arrival: left[at] as Arrival });
      need -= units;
      room -= units;
    }
    if (need > 0n) parts.push({ units: need, arrival: null });
    return parts;
  });
}

/** The day that a part of a new demand is promised for. What should be here already comes today at the earliest. */
export function promisedDay(policy: Pick<Policy, 'leadDays' | 'releaseOn'>, part: Part, today: string): string {
  return part.arrival ? later(later(today, part.arrival.on), policy.releaseOn) : ownDay(policy, today);
}

/** All that waits for a SKU, who waits longest first, with what is announced for it. */
export interface WaitingLine {
  readonly rows: readonly Backorder[];
  readonly promised: Promised;
  readonly arrivals: readonly Arrival[];
  readonly policy: Policy | undefined;
}

/** Units that are promised for another day than they were, or come by another delivery. */
export interface Move {
  readonly orderId: string;
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly promisedOn: string;
  readonly inboundId: string | null;
}

/** Stands for what lies here already, which comes before all that is announced. */
const HERE: Pick<Arrival, 'id' | 'on'> = { id: '', on: '' };

/**
 * What is promised anew when what is announced has changed. A day moves only where something says so: a delivery that comes on another day, a
 * release on another day, or a delivery that is not announced any more. A delivery that should be here by now is late, and nobody knows by how
 * much: its units keep their day, which lists show as overdue.
 */
export function planMoves({ rows, promised, arrivals, policy }: WaitingLine, today: string): Move[] {
  const waiting = rows.reduce((sum, row) => sum + BigInt(row.to - row.from + 1), 0n);
  const beyond = beyondStock(promised);
  const before = most(beyond - waiting, 0n);
  const here = { ...HERE, units: most(waiting - beyond, 0n) };
  const [, ...covered] = coverQueue([before, ...rows.map((row) => BigInt(row.to - row.from + 1))], [here, ...arrivals]);
  return rows.flatMap((row, index) => {
    let from = row.from;
    return (covered[index] ?? []).flatMap((part): Move[] => {
      const to = from + Number(part.units) - 1;
      const now = dayNow(row, part, policy, today);
      const same = now.promisedOn === row.promisedOn && now.inboundId === row.inboundId;
      const move = { orderId: row.orderId, lineId: row.lineId, from, to, ...now };
      from = to + 1;
      return same ? [] : [move];
    });
  });
}

function dayNow(row: Backorder, part: Part, policy: Policy | undefined, today: string): Pick<Move, 'promisedOn' | 'inboundId'> {
  const kept = { promisedOn: row.promisedOn, inboundId: row.inboundId };
  if (part.arrival?.id === HERE.id) return kept;
  const own = { leadDays: policy?.leadDays ?? null, releaseOn: row.kind === 'preorder' ? (policy?.releaseOn ?? null) : null };
  if (part.arrival)
    return part.arrival.on < today
      ? { ...kept, inboundId: part.arrival.id }
      : { promisedOn: promisedDay(own, part, today), inboundId: part.arrival.id };
  if (row.inboundId !== null) return { promisedOn: promisedDay(own, part, today), inboundId: null };
  // The policy's own day stands, unless that is a release which was put off or brought forward.
  return { promisedOn: own.releaseOn !== null && own.releaseOn >= today ? own.releaseOn : row.promisedOn, inboundId: null };
}

/** An order's rows after some of their units were promised anew: cut where the moves cut them. */
export function moveRows(rows: readonly Backorder[], moves: readonly Move[]): Backorder[] {
  return rows.flatMap((row) => {
    const own = moves.filter((move) => move.lineId === row.lineId && move.from <= row.to && move.to >= row.from);
    const cuts = [
      ...new Set([row.from, ...own.flatMap((move) => [Math.max(move.from, row.from), Math.min(move.to, row.to) + 1])]),
    ]
      .filter((unit) => unit <= row.to)
      .sort((a, b) => a - b);
    return cuts.map((from, index): Backorder => {
      const to = (cuts[index + 1] ?? row.to + 1) - 1;
      const move = own.find((one) => one.from <= from && one.to >= to);
      if (!move) return { ...row, from, to };
      const { promisedOn, inboundId } = move;
      return { ...row, from, to, promisedOn, inboundId, acceptedOn: promisedOn === row.promisedOn ? row.acceptedOn : null };
    });
  });
}

/** One who waits for units of a SKU. */
export interface Waiter {
  readonly orderId: string;
  readonly since: Date;
  readonly units: bigint;
}

/** Whether `a` began to wait before `b`. */
export function isBefore(a: Pick<Waiter, 'orderId' | 'since'>, b: Pick<Waiter, 'orderId' | 'since'>): boolean {
  const [x, y] = [a.since.getTime(), b.since.getTime()];
  return x === y ? a.orderId < b.orderId : x < y;
}

/** How many units at hand an order may take, once whoever waited longer has theirs. */
export function freeFor(who: Pick<Waiter, 'orderId' | 'since'>, atHand: bigint, queue: readonly Waiter[]): bigint {
  const owed = queue
    .filter((waiter) => waiter.orderId !== who.orderId && isBefore(waiter, who))
    .reduce((sum, waiter) => sum + waiter.units, 0n);
  return most(atHand - owed, 0n);
}

/** Cuts requests so that no SKU takes more than is free of it; the first units first. */
export function cutToFree<R extends { readonly skuId: string; readonly from: number; readonly to: number }>(
  requests: readonly R[],
  free: (skuId: string) => bigint,
): R[] {
  const left = new Map<string, bigint>();
  return requests.flatMap((request) => {
    const room = left.get(request.skuId) ?? free(request.skuId);
    const units = least(room, BigInt(request.to - request.from + 1));
    left.set(request.skuId, room - units);
    return units > 0n ? [{ ...request, to: request.from + Number(units) - 1 }] : [];
  });
}

/** The rows that say of each waiting unit what the rows before said of it: `spans` are a line's as they are now. */
export function rowsOf(spans: readonly Span[], before: readonly Backorder[]): Backorder[] {
  const waiting = spans.filter((span) => span.state === 'backordered');
  return before.flatMap((row) =>
    waiting
      .filter((span) => span.lineId === row.lineId && span.from <= row.to && span.to >= row.from)
      .map((span) => ({ ...row, from: Math.max(span.from, row.from), to: Math.min(span.to, row.to) })),
  );
}
