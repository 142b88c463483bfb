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
    leadDays: input.kind === 'backorder' ? (input.leadDays ?? null) : null,
    releaseOn: input.kind === 'preorder' ? (input.releaseOn ?? null) : null,
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
export function ownDay(policy: Policy, today: string): string {
  if (policy.kind === 'preorder' && policy.releaseOn !== null) return policy.releaseOn > today ? policy.releaseOn : today;
  return dayAfter(today, policy.leadDays ?? 0);
}

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
export function promisedDay(policy: Policy, part: Part, today: string): string {
  if (!part.arrival) return ownDay(policy, today);
  const on = part.arrival.on > today ? part.arrival.on : today;
  return policy.releaseOn !== null && policy.releaseOn > on ? policy.releaseOn : on;
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
