import { DomainError } from '../../kernel/errors.ts';

export const PURCHASE_STATUSES = ['draft', 'ordered', 'partly_received', 'received', 'closed', 'cancelled'] as const;
export type PurchaseStatus = (typeof PURCHASE_STATUSES)[number];

export interface PurchaseLine {
  readonly id: string;
  readonly purchaseOrderId: string;
  readonly skuId: string;
  position: number;
  ordered: bigint;
  /** What may arrive beyond `ordered`. */
  overAllowed: bigint;
  /** Good units, on hand by a movement. */
  received: bigint;
  /** Units that arrived and were never on hand. */
  damaged: bigint;
  cancelled: bigint;
  unitCost: string | null;
  /** Its own day, YYYY-MM-DD; the order's where null. */
  expectedOn: string | null;
}

export interface PurchaseOrder {
  readonly id: string;
  readonly number: string;
  readonly home: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly currency: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly traceId: string;
  supplier: string;
  status: PurchaseStatus;
  expectedOn: string | null;
  note: string | null;
  version: bigint;
  orderedAt: Date | null;
  endedAt: Date | null;
  lines: PurchaseLine[];
}

export interface StockPolicy {
  readonly merchantId: string;
  readonly overReceiptPercent: number;
  readonly countLimitUnits: bigint | null;
  readonly expiryWarningDays: number;
  /** Whether what is on its way counts as there, where goods that run low are looked for. */
  readonly lowCountsInbound: boolean;
  /** How long a cart of the shop keeps its units while its customer pays. */
  readonly cartMinutes: number;
  readonly version: bigint;
}

/** What holds where a merchant has said nothing. */
export const defaultPolicy = (merchantId: string): StockPolicy => ({
  merchantId,
  overReceiptPercent: 0,
  countLimitUnits: null,
  expiryWarningDays: 30,
  lowCountsInbound: true,
  cartMinutes: 15,
  version: 0n,
});

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };
const yes: Verdict = { allowed: true };
const no = (why: string): Verdict => ({ allowed: false, why });

/** What may be done in which status, and why not otherwise. */
const ALLOWED = {
  edit: ['draft', 'ordered', 'partly_received'],
  order: ['draft'],
  cancel: ['draft', 'ordered'],
  close: ['ordered', 'partly_received', 'received'],
  receive: ['ordered', 'partly_received', 'received'],
} as const satisfies Record<string, readonly PurchaseStatus[]>;
export type PurchaseAction = keyof typeof ALLOWED;

const WHY: Readonly<Record<PurchaseAction, Partial<Record<PurchaseStatus, string>>>> = {
  edit: { received: 'Everything of it has arrived.', closed: 'It is closed.', cancelled: 'It is cancelled.' },
  order: { cancelled: 'It is cancelled.', closed: 'It is closed.' },
  cancel: {
    partly_received: 'Some of it has arrived. Close it instead: what is still open is cancelled.',
    received: 'Everything of it has arrived.',
    closed: 'It is closed.',
    cancelled: 'It is cancelled already.',
  },
  close: { draft: 'It is a draft. Cancel it instead.', closed: 'It is closed already.', cancelled: 'It is cancelled.' },
  receive: {
    draft: 'It is a draft. Order it first, then receive what arrives.',
    closed: 'It is closed. Receive what arrives as an adjustment, or make a new purchase order.',
    cancelled: 'It is cancelled.',
  },
};

/** Whether an action is possible; the console's buttons ask this too. */
export function mayPurchase(status: PurchaseStatus, action: PurchaseAction): Verdict {
  if ((ALLOWED[action] as readonly PurchaseStatus[]).includes(status)) return yes;
  return no(WHY[action][status] ?? 'It has been ordered already.');
}

/** Refuses what is not possible with the sentence that says why. */
export function demand(order: Pick<PurchaseOrder, 'number' | 'status'>, action: PurchaseAction): void {
  const verdict = mayPurchase(order.status, action);
  if (!verdict.allowed) throw new DomainError('state_refuses', `${order.number}: ${verdict.why}`);
}

const isComing = (status: PurchaseStatus): boolean => status === 'ordered' || status === 'partly_received';

const left = (line: PurchaseLine): bigint => line.ordered - line.received - line.damaged - line.cancelled;

/** Units of a line that may still be received, those beyond what was ordered included. */
export const mayArrive = (line: PurchaseLine): bigint => left(line) + line.overAllowed;

/** Units of a line that are still to come. */
export function openUnits(status: PurchaseStatus, line: PurchaseLine): bigint {
  const units = left(line);
  return isComing(status) && units > 0n ? units : 0n;
}

/** What may arrive beyond `ordered` under a policy, rounded down. */
export function overAllowed(ordered: bigint, policy: Pick<StockPolicy, 'overReceiptPercent'>): bigint {
  return (ordered * BigInt(policy.overReceiptPercent)) / 100n;
}

/** One line of what was unloaded. */
export interface Arrival {
  readonly lineId: string;
  readonly received: bigint;
  readonly damaged: bigint;
}

/** Adds what arrived to its lines, or refuses all of it with every line that would take too much. `name` says a SKU to a person. */
export function planReceipt(order: PurchaseOrder, arrivals: readonly Arrival[], name: (skuId: string) => string): PurchaseLine[] {
  demand(order, 'receive');
  const planned = new Map(order.lines.map((line) => [line.id, { ...line }]));
  for (const arrival of arrivals) {
    const line = planned.get(arrival.lineId);
    if (!line) throw new DomainError('not_found', `${order.number} has no such line.`, { lineId: arrival.lineId });
    line.received += arrival.received;
    line.damaged += arrival.damaged;
  }
  if (arrivals.every((arrival) => arrival.received + arrival.damaged === 0n))
    throw new DomainError('invalid_request', 'Nothing arrived: give at least one line a quantity.');
  const lines = [...planned.values()];
  const over = lines.filter((line) => line.received + line.damaged + line.cancelled > line.ordered + line.overAllowed);
  if (over.length > 0) {
    const list = over.map((line) => {
      const before = order.lines.find((known) => known.id === line.id) as PurchaseLine;
      return `${name(line.skuId)}: ${left(before) + line.overAllowed} more may arrive`;
    });
    throw new DomainError(
      'over_limit',
      `More arrived than ${order.number} allows (${list.join('; ')}). Receive that much, and ask for a purchase order for the rest.`,
      { lines: over.map((line) => line.id) },
    );
  }
  return lines;
}

/** The status that follows from what has arrived. */
export function statusAfterReceipt(lines: readonly PurchaseLine[]): PurchaseStatus {
  return lines.every((line) => left(line) <= 0n) ? 'received' : 'partly_received';
}

export interface WishedLine {
  readonly id?: string | undefined;
  readonly skuId: string;
  readonly quantity: number;
  readonly unitCost?: string | null | undefined;
  readonly expectedOn?: string | null | undefined;
}

/**
 * The lines as they shall be. Of a draft anything changes; once it is ordered, what has arrived stays, quantities never fall below it, and a
 * line that is left out has its open units cancelled. Throws where a line cannot be what was asked.
 */
export function planLines(
  order: PurchaseOrder,
  wished: readonly WishedLine[],
  policy: StockPolicy,
  newId: () => string,
): { readonly lines: PurchaseLine[]; readonly removed: PurchaseLine[] } {
  const known = new Map(order.lines.map((line) => [line.id, line]));
  const lines = wished.map((wish, index) => {
    const before = wish.id === undefined ? undefined : known.get(wish.id);
    if (wish.id !== undefined && !before)
      throw new DomainError('not_found', `${order.number} has no such line.`, { lineId: wish.id });
    if (before && before.skuId !== wish.skuId)
      throw new DomainError('invalid_request', 'A line keeps its SKU: take it off and add another.', { lineId: before.id });
    if (before) known.delete(before.id);
    return changedLine(before ?? newLine(order.id, wish.skuId, newId()), wish, index + 1, policy);
  });
  const gone = [...known.values()];
  if (order.status === 'draft') return { lines, removed: gone };
  const ended = gone.map((line, index) => {
    const open = openUnits(order.status, line);
    return { ...line, position: lines.length + index + 1, cancelled: line.cancelled + open };
  });
  return { lines: [...lines, ...ended], removed: [] };
}

const newLine = (purchaseOrderId: string, skuId: string, id: string): PurchaseLine => ({
  id,
  purchaseOrderId,
  skuId,
  position: 0,
  ordered: 0n,
  overAllowed: 0n,
  received: 0n,
  damaged: 0n,
  cancelled: 0n,
  unitCost: null,
  expectedOn: null,
});

function changedLine(before: PurchaseLine, wish: WishedLine, position: number, policy: StockPolicy): PurchaseLine {
  const ordered = BigInt(wish.quantity);
  const arrived = before.received + before.damaged + before.cancelled;
  if (ordered < arrived)
    throw new DomainError(
      'over_limit',
      `${arrived} units of this line have arrived or were cancelled; it cannot be ${ordered}.`,
      {
        lineId: before.id,
      },
    );
  return {
    ...before,
    position,
    ordered,
    overAllowed: ordered === before.ordered ? before.overAllowed : overAllowed(ordered, policy),
    unitCost: wish.unitCost ?? null,
    expectedOn: wish.expectedOn ?? null,
  };
}

/** What changed for those who wait: quantities still to come, and days. */
export function inboundChanges(
  before: PurchaseOrder,
  after: PurchaseOrder,
): { readonly skuIds: string[]; readonly what: ('date' | 'quantity')[] } {
  const say = (order: PurchaseOrder): Map<string, string[]> => {
    const bySku = new Map<string, string[]>();
    for (const line of order.lines) {
      const open = openUnits(order.status, line);
      if (open > 0n)
        bySku.set(line.skuId, [...(bySku.get(line.skuId) ?? []), `${line.expectedOn ?? order.expectedOn ?? ''}=${open}`]);
    }
    return bySku;
  };
  const total = (parts: readonly string[] | undefined): bigint =>
    (parts ?? []).reduce((sum, part) => sum + BigInt(part.slice(part.indexOf('=') + 1)), 0n);
  const [was, is] = [say(before), say(after)];
  const skuIds: string[] = [];
  const what = new Set<'date' | 'quantity'>();
  for (const skuId of new Set([...was.keys(), ...is.keys()])) {
    const [a, b] = [was.get(skuId), is.get(skuId)];
    if ([...(a ?? [])].sort().join() === [...(b ?? [])].sort().join()) continue;
    skuIds.push(skuId);
    what.add(total(a) === total(b) ? 'date' : 'quantity');
    const days = (parts: readonly string[] | undefined): string =>
      (parts ?? [])
        .map((part) => part.split('=')[0])
        .sort()
        .join();
    if (a && b && days(a) !== days(b)) what.add('date');
  }
  return { skuIds, what: [...what].sort() };
}
