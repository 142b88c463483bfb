import { fromAdyenAmount } from '../domains/payments/adyen-amounts.ts';
import { fromStripeAmount } from '../domains/payments/stripe-amounts.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import type { SimulatorControl, SimulatorLogEntry, SimulatorName, SimulatorState } from '../platform/simulator-control.ts';

/** A fault as it is switched now. */
export interface SimulatorRule {
  readonly probability: number;
  /** Strikes left; null means it stays on. */
  readonly next: number | null;
  /** The operations it strikes; null means those that the fault is usually about. */
  readonly on: readonly string[] | null;
  readonly delayMs: number | null;
  /** Set where it is meant for one order or one attempt only. */
  readonly scoped: boolean;
}

export interface SimulatorEntry {
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly orderNumber: string | null;
  readonly shipmentNumber: string | null;
  /** The provider's own id. */
  readonly ref: string;
}

/** A parcel that has not arrived, or a claim for one. */
export interface SimulatorParcel {
  readonly ref: string;
  readonly status: string;
  readonly since: Date;
  readonly shipmentNumber: string | null;
  readonly orderNumber: string | null;
}

export interface ShownSimulator {
  readonly downUntil: Date | null;
  readonly faults: Readonly<Record<string, readonly SimulatorRule[]>>;
  readonly webhooks: { readonly duplicate: number; readonly delayMs: number; readonly reorder: number; readonly off: boolean };
  readonly settings: Readonly<Record<string, unknown>>;
  /** Requests by kind, in the simulator's own words. */
  readonly requests: Readonly<Record<string, number>>;
  readonly fired: Readonly<Record<string, number>>;
  readonly sent: Readonly<Record<string, number>>;
  readonly log: readonly SimulatorEntry[];
  readonly parcels: readonly SimulatorParcel[];
  /** Claims that the carrier has not answered for good. */
  readonly claims: readonly SimulatorParcel[];
}

interface Labels {
  readonly orders: ReadonlyMap<string, string>;
  readonly shipments: ReadonlyMap<string, { readonly number: string; readonly orderNumber: string }>;
  readonly notices: ReadonlyMap<string, string>;
}

/** Where a parcel's way ends. */
const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'voided', 'returned']);
const ANSWERED: ReadonlySet<string> = new Set(['claim_rejected', 'claim_paid']);

/** A simulator as it is now with its newest log entries; null where it does not answer. */
export async function showSimulator(
  db: Queryable,
  control: SimulatorControl,
  name: SimulatorName,
): Promise<ShownSimulator | null> {
  let state: SimulatorState;
  try {
    state = await control.state(name);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unavailable') return null;
    throw error;
  }
  const labels = await labelsOf(db, state.log);
  const { down, webhooks, ...rules } = state.switches;
  const { faults: fired, webhooks: sent, ...requests } = state.counters;
  return {
    downUntil: down === false ? null : new Date(down.until),
    faults: Object.fromEntries(Object.entries(rules).map(([fault, list]) => [fault, list.map(shownRule)])),
    webhooks: {
      duplicate: Number(webhooks.duplicate),
      delayMs: webhooks.delay_ms,
      reorder: Number(webhooks.reorder),
      off: webhooks.off,
    },
    settings: state.settings,
    requests,
    fired,
    sent,
    log: state.log.map((entry) => shownEntry(name, entry, labels)),
    parcels: ongoing(state.log.filter(isParcel), ARRIVED, labels),
    claims: ongoing(state.log.filter(isClaim), ANSWERED, labels),
  };
}

function shownRule(rule: SimulatorState['switches'][string][number]): SimulatorRule {
  return {
    probability: rule.probability,
    next: rule.next,
    on: rule.on === null ? null : [rule.on].flat(),
    delayMs: rule.value === null ? null : Number(rule.value),
    scoped: rule.order_id !== null || rule.operation_id !== null,
  };
}

function shownEntry(name: SimulatorName, entry: SimulatorLogEntry, labels: Labels): SimulatorEntry {
  const toMinor = name === 'adyen' ? fromAdyenAmount : fromStripeAmount;
  const shipment = labels.shipments.get(entry.shipment_id ?? '');
  const currency = entry.currency?.toUpperCase() ?? null;
  return {
    seq: entry.seq,
    at: new Date(entry.at),
    kind: entry.kind,
    amountMinor: entry.amount === undefined || currency === null ? null : toMinor(entry.amount, currency),
    currency,
    orderNumber:
      labels.orders.get(entry.order_id ?? '') ??
      shipment?.orderNumber ??
      labels.notices.get(noticeOf(entry) ?? '') ??
      entry.order_number ??
      null,
    shipmentNumber: shipment?.number ?? null,
    ref:
      entry.payment_intent ??
      entry.carrier_ref ??
      entry.bank_ref ??
      entry.partner_ref ??
      entry.channel_ref ??
      noticeOf(entry) ??
      '',
  };
}

const isClaim = ({ kind }: SimulatorLogEntry): boolean => kind.startsWith('claim');
const isParcel = (entry: SimulatorLogEntry): boolean => !isClaim(entry) && entry.kind !== 'manifest';

/** The log is newest first, so the first entry of a parcel says where it is. */
function ongoing(log: readonly SimulatorLogEntry[], over: ReadonlySet<string>, labels: Labels): SimulatorParcel[] {
  const newest = new Map<string, SimulatorLogEntry>();
  for (const entry of log) {
    if (entry.carrier_ref !== undefined && !newest.has(entry.carrier_ref)) newest.set(entry.carrier_ref, entry);
  }
  return [...newest.entries()]
    .filter(([, entry]) => !over.has(entry.kind))
    .map(([ref, entry]) => {
      const shipment = labels.shipments.get(entry.shipment_id ?? '');
      return {
        ref,
        status: entry.kind,
        since: new Date(entry.at),
        shipmentNumber: shipment?.number ?? null,
        orderNumber: shipment?.orderNumber ?? null,
      };
    });
}

/** Simulators know records by id; people by number. */
async function labelsOf(db: Queryable, log: readonly SimulatorLogEntry[]): Promise<Labels> {
  const orderIds = [...new Set(log.flatMap((entry) => (isUuid(entry.order_id) ? [entry.order_id] : [])))];
  const shipmentIds = [...new Set(log.flatMap((entry) => (isUuid(entry.shipment_id) ? [entry.shipment_id] : [])))];
  const noticeIds = log.map(noticeOf).filter(isUuid);
  const [orders, shipments, notices] = await Promise.all([
    db.query<{ id: string; number: string }>({
      name: 'simulator-orders',
      text: 'SELECT id, number FROM orders WHERE id = ANY($1::uuid[])',
      values: [orderIds],
    }),
    db.query<{ id: string; number: string; orderNumber: string }>({
      name: 'simulator-shipments',
      text: `SELECT s.id, s.number, o.number AS "orderNumber" FROM shipments s JOIN orders o ON o.id = s.order_id
             WHERE s.id = ANY($1::uuid[])`,
      values: [shipmentIds],
    }),
    db.query<{ id: string; number: string }>({
      name: 'simulator-notices',
      text: 'SELECT n.id, o.number FROM notifications n JOIN orders o ON o.id = n.order_id WHERE n.id = ANY($1::uuid[])',
      values: [noticeIds],
    }),
  ]);
  return {
    orders: new Map(orders.rows.map((row) => [row.id, row.number])),
    shipments: new Map(shipments.rows.map((row) => [row.id, row])),
    notices: new Map(notices.rows.map((row) => [row.id, row.number])),
  };
}

/** A mail's Message-ID begins with the id of its notice. */
const noticeOf = (entry: SimulatorLogEntry): string | undefined => entry.message_id?.split('@', 1)[0];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Anybody may call a simulator's API and name an order as they like. */
function isUuid(value: string | null | undefined): value is string {
  return typeof value === 'string' && UUID.test(value);
}
