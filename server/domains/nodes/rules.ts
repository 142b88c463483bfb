import { joinRanges, type Span, type UnitRange, unitsIn } from '../../kernel/units.ts';

export const REQUEST_STATUSES = ['pending', 'asked', 'accepted', 'rejected', 'shipped', 'cancelled'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** Why a request is taken back: its order was cancelled, they did not answer, did not send in time, or a person gave it up. */
export type Recall = 'order_cancelled' | 'silent' | 'late' | 'operator';

/** Units that a partner is asked to send, at one of their nodes. */
export interface FulfilmentRequest {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly kind: string;
  readonly answerBy: Date;
  readonly createdAt: Date;
  readonly lines: readonly UnitRange[];
  status: RequestStatus;
  partnerRef: string | null;
  reason: string | null;
  recall: Recall | null;
  shipBy: Date | null;
  answeredAt: Date | null;
  endedAt: Date | null;
  version: bigint;
}

/** What a partner says of a request, as far as the rules ask. */
export interface Said {
  readonly status: 'received' | 'accepted' | 'rejected' | 'shipped' | 'cancelled';
  readonly lines: readonly { readonly lineId: string; readonly accepted: number | null }[];
  readonly parcels: readonly {
    readonly ref: string;
    readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  }[];
}

/** Whether it may still lead to a parcel. */
export function isOpen(request: Pick<FulfilmentRequest, 'endedAt'>): boolean {
  return request.endedAt === null;
}

/** The units of a request that wait at its node: allocated there and in no shipment, in unit order. */
export function waitingUnits(request: Pick<FulfilmentRequest, 'nodeId' | 'lines'>, spans: readonly Span[]): UnitRange[] {
  const waiting = spans.filter(
    (span) => span.state === 'allocated' && span.nodeId === request.nodeId && span.shipmentId === null,
  );
  return joinRanges(overlap(request.lines, waiting));
}

/** The parts of `ranges` that `others` cover too. */
export function overlap(ranges: readonly UnitRange[], others: readonly UnitRange[]): UnitRange[] {
  return ranges.flatMap((range) =>
    others.flatMap((other) => {
      const from = Math.max(range.from, other.from);
      const to = Math.min(range.to, other.to);
      return other.lineId === range.lineId && from <= to ? [{ lineId: range.lineId, from, to }] : [];
    }),
  );
}

export interface Planned {
  /** Parcels that are new to us, with the units that each holds. */
  readonly parcels: readonly { readonly ref: string; readonly units: readonly UnitRange[] }[];
  /** Units that will not leave from there. */
  readonly released: readonly UnitRange[];
  /** What the request is now. */
  readonly status: RequestStatus;
}

/**
 * What a partner's word on a request means for its units. It is a whole picture, so that saying it twice, or an older one after a newer one,
 * changes nothing: parcels are known by their names, and units that have left do not come back.
 */
export function planSaid(
  request: Pick<FulfilmentRequest, 'nodeId' | 'lines' | 'status'>,
  spans: readonly Span[],
  said: Said,
  knownParcels: ReadonlySet<string>,
): Planned {
  const all = waitingUnits(request, spans);
  const waiting = Map.groupBy(all, (range) => range.lineId);
  const parcels = said.parcels
    .filter(({ ref }) => !knownParcels.has(ref))
    .map(({ ref, lines }) => ({ ref, units: lines.flatMap(({ lineId, quantity }) => takeFirst(waiting, lineId, quantity)) }))
    .filter(({ units }) => units.length > 0);
  const released = [...waiting.keys()].flatMap((lineId) => {
    const left = unitsIn(waiting.get(lineId) ?? []);
    const kept = Math.min(left, stillToCome(said, lineId, left));
    takeFirst(waiting, lineId, kept);
    return waiting.get(lineId) ?? [];
  });
  const gone = unitsIn(parcels.flatMap(({ units }) => units)) + unitsIn(released);
  return { parcels, released, status: statusAfter(request.status, said.status, unitsIn(all) - gone) };
}

/** How many units of a line they have yet to send: all that wait while they have not said. */
function stillToCome(said: Said, lineId: string, waiting: number): number {
  if (said.status === 'received') return waiting;
  if (said.status !== 'accepted') return 0;
  const accepted = said.lines.find((line) => line.lineId === lineId)?.accepted;
  if (accepted === null || accepted === undefined) return waiting;
  const sent = said.parcels
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => sum + (line.lineId === lineId ? line.quantity : 0), 0);
  return Math.max(0, accepted - sent);
}

function statusAfter(was: RequestStatus, said: Said['status'], waiting: number): RequestStatus {
  if (said === 'received') return was === 'pending' ? 'asked' : was;
  if (said === 'rejected' || said === 'cancelled' || said === 'shipped') return said;
  return waiting > 0 ? 'accepted' : 'shipped';
}

/** Takes the first units of a line out of what waits. */
function takeFirst(waiting: Map<string, UnitRange[]>, lineId: string, count: number): UnitRange[] {
  const taken: UnitRange[] = [];
  const rest: UnitRange[] = [];
  let wanted = count;
  for (const { from, to } of waiting.get(lineId) ?? []) {
    const size = Math.min(wanted, to - from + 1);
    wanted -= size;
    if (size > 0) taken.push({ lineId, from, to: from + size - 1 });
    if (from + size <= to) rest.push({ lineId, from: from + size, to });
  }
  waiting.set(lineId, rest);
  return taken;
}

/**
 * Where units must not be looked for again: at nodes whose partner was asked for them and did not send them. A request that was taken back
 * because its order was being cancelled says nothing of the node.
 */
export function refusedUnits(
  requests: readonly FulfilmentRequest[],
  open: readonly UnitRange[],
): (UnitRange & { readonly nodeId: string })[] {
  return requests
    .filter((request) => request.recall !== 'order_cancelled')
    .flatMap((request) => overlap(request.lines, open).map((range) => ({ ...range, nodeId: request.nodeId })));
}
