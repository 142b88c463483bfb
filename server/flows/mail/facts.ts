import type { DueNotice } from '../../domains/notifications/service.ts';
import type { Queryable } from '../../platform/db.ts';
import type { MailContent, MailItem, MailLine, MailLinks, MailOrder, PickupNews, WalletNews } from './content.ts';
import { readReturnNews } from './return-mail.ts';
import { readStockDigest } from './stock-mail.ts';
import { readWalletNews } from './wallet-facts.ts';

interface OrderRow {
  readonly number: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly capturedMinor: bigint;
  readonly placedAt: Date;
  readonly shipTo: Readonly<Record<string, string>> | null;
}

interface LineRow extends MailLine {
  readonly id: string;
  readonly taxMinor: bigint;
  readonly discountMinor: bigint;
}

type Wanted = Pick<DueNotice, 'kind' | 'orderId' | 'data' | 'createdAt'> & Partial<Pick<DueNotice, 'merchantId'>>;

/**
 * What a notice tells, as it is now. Null where there is nothing left to tell. Throws where what it is about is not there: the notice is
 * shown as failed with that sentence.
 */
export async function readContent(db: Queryable, notice: Wanted, links: MailLinks): Promise<MailContent | null> {
  const { kind, data } = notice;
  switch (kind) {
    case 'reset_link':
    case 'invitation':
      return {
        kind,
        url: links.open(textOf(data, 'sealedUrl')),
        expiresAt: new Date(textOf(data, 'expiresAt')),
        from: typeof data.from === 'string' ? data.from : null,
      };
    case 'stock_digest':
      return readStockDigest(db, notice.merchantId ?? null, notice.createdAt.toISOString().slice(0, 10), links);
    case 'payment_link':
      return aboutCheckout(db, textOf(data, 'checkoutId'), notice.createdAt, links);
    case 'money_received':
    case 'money_requested':
    case 'bank_top_up':
    case 'withdrawal_failed':
    case 'withdrawal_returned':
      return readWalletNews(db, { kind, data, since: notice.createdAt }, links);
    default:
      return aboutOrder(db, { ...notice, kind }, links);
  }
}

type OrderKind = Exclude<DueNotice['kind'], 'reset_link' | 'invitation' | 'payment_link' | 'stock_digest' | WalletNews['kind']>;

/** The total is what the checkout shows: with the option that is chosen, else of the goods, where they are priced already. */
async function aboutCheckout(db: Queryable, id: string, since: Date, links: MailLinks): Promise<MailContent | null> {
  const { rows } = await db.query<{ merchantName: string; currency: string; open: boolean; totalMinor: bigint | null }>({
    name: 'mail-checkout',
    text: `SELECT m.name AS "merchantName", k.currency, k.state IN ('open', 'paying') AND k.expires_at > $2 AS open,
             coalesce((SELECT (o->>'orderTotalMinor')::int8 FROM jsonb_array_elements(q.options) o WHERE o->>'code' = k.shipping_option),
               q.goods_total_minor) AS "totalMinor"
           FROM checkouts k JOIN merchants m ON m.id = k.merchant_id LEFT JOIN quotes q ON q.id = k.quote_id WHERE k.id = $1`,
    values: [id, since],
  });
  const [row] = rows;
  if (!row?.open) return null;
  const { merchantName, currency, totalMinor } = row;
  return { kind: 'payment_link', url: links.pay(id), merchantName, currency, totalMinor };
}

async function aboutOrder(
  db: Queryable,
  { kind, orderId, data }: Wanted & { readonly kind: OrderKind },
  links: MailLinks,
): Promise<MailContent | null> {
  if (orderId === null) throw new Error('The notice names no order');
  const row = await readOrder(db, orderId);
  const { number, merchantName, customerName, currency } = row;
  const order: MailOrder = { number, merchantName, customerName, currency, trackingUrl: links.track(orderId) };
  const reason = typeof data.reason === 'string' ? data.reason : null;
  switch (kind) {
    case 'message':
      return { kind, order, subject: textOf(data, 'subject'), body: textOf(data, 'body') };
    case 'order_confirmed': {
      const lines = await readLines(db, orderId);
      const sum = (part: 'taxMinor' | 'discountMinor') => lines.reduce((total, line) => total + line[part], 0n);
      const { placedAt, totalMinor, shipTo } = row;
      const goods = { lines, totalMinor, taxMinor: sum('taxMinor'), discountMinor: sum('discountMinor') };
      const later = await readLater(db, orderId);
      return { kind, order, placedAt, ...goods, later, shipTo: addressLines(shipTo), country: shipTo?.country ?? null };
    }
    case 'action_required': {
      const url = await challengeUrl(db, orderId);
      return url === null ? null : { kind, order, totalMinor: row.totalMinor, url };
    }
    case 'order_cancelled':
      return { kind, order, reason, charged: row.capturedMinor > 0n };
    case 'units_cancelled': {
      const items = cancelledItems(await readLines(db, orderId), data.ranges);
      return { kind, order, reason, items, valueMinor: BigInt(Number(data.valueMinor)) };
    }
    case 'order_edited': {
      const came = (Array.isArray(data.added) ? data.added : []) as { name: string; quantity: number }[];
      return {
        kind,
        order,
        came: came.map(({ name, quantity: units }) => ({ name, units })),
        went: cancelledItems(await readLines(db, orderId), data.ranges),
        beforeMinor: BigInt(Number(data.beforeMinor)),
        afterMinor: BigInt(Number(data.afterMinor)),
      };
    }
    case 'edit_to_pay': {
      const until = await editPayableUntil(db, textOf(data, 'editId'));
      return until && { kind, order, amountMinor: BigInt(Number(data.amountMinor)), until, url: links.waiting(orderId) };
    }
    case 'date_moved': {
      const items = cancelledItems(await readLines(db, orderId), data.moves);
      return { kind, order, was: textOf(data, 'was'), is: textOf(data, 'is'), items, url: links.waiting(orderId) };
    }
    case 'pay_again': {
      const until = await askedUntil(db, orderId);
      return until === null
        ? null
        : { kind, order, amountMinor: BigInt(Number(data.amountMinor)), until, url: links.waiting(orderId) };
    }
    case 'return_requested':
    case 'return_approved':
    case 'return_declined':
    case 'return_received':
    case 'return_settled':
    case 'return_due':
      return readReturnNews(db, kind, textOf(data, 'returnId'), order);
    case 'refunded': {
      const amountMinor = BigInt(Number(data.amountMinor));
      return { kind, order, refundNumber: textOf(data, 'refundNumber'), amountMinor };
    }
    case 'ready_for_pickup':
    case 'pickup_reminder': {
      const pickup = await readPickup(db, orderId);
      return pickup && { kind, order, ...pickup };
    }
    case 'shipped':
    case 'delivered': {
      const parcel = await readParcel(db, textOf(data, 'shipmentId'));
      return parcel === null ? null : { kind, order, parcel };
    }
  }
}

function textOf(data: Readonly<Record<string, unknown>>, name: string): string {
  const value = data[name];
  if (typeof value !== 'string' || value === '') throw new Error(`The notice says nothing under ${name}`);
  return value;
}

async function readOrder(db: Queryable, orderId: string): Promise<OrderRow> {
  const { rows } = await db.query<OrderRow>({
    name: 'mail-order',
    text: `SELECT o.number, m.name AS "merchantName", coalesce(o.customer_name, c.name) AS "customerName", o.currency,
                  o.total_minor AS "totalMinor", o.captured_minor AS "capturedMinor", o.placed_at AS "placedAt", o.ship_to AS "shipTo"
           FROM orders o JOIN merchants m ON m.id = o.merchant_id LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = $1`,
    values: [orderId],
  });
  if (!rows[0]) throw new Error('The order is not there');
  return rows[0];
}

async function readLines(db: Queryable, orderId: string): Promise<LineRow[]> {
  const { rows } = await db.query<LineRow>({
    name: 'mail-lines',
    text: `SELECT id, kind, name, quantity, total_minor AS "totalMinor", tax_minor AS "taxMinor", discount_minor AS "discountMinor"
           FROM order_lines WHERE order_id = $1 ORDER BY position, id`,
    values: [orderId],
  });
  return rows;
}

async function challengeUrl(db: Queryable, orderId: string): Promise<string | null> {
  const { rows } = await db.query<{ url: string | null }>({
    name: 'mail-challenge',
    text: `SELECT next_action->>'url' AS url FROM payments WHERE order_id = $1 AND status = 'REQUIRES_ACTION' ORDER BY created_at DESC LIMIT 1`,
    values: [orderId],
  });
  return rows[0]?.url ?? null;
}

/** Null where it waits no more. */
async function readPickup(db: Queryable, orderId: string): Promise<Omit<PickupNews, 'kind' | 'order'> | null> {
  const { rows } = await db.query<{ name: string; address: Readonly<Record<string, string>>; code: string; collectBy: Date }>({
    name: 'mail-pickup',
    text: `SELECT n.name, n.address, p.code, p.collect_by AS "collectBy" FROM pickups p JOIN nodes n ON n.id = p.node_id
           WHERE p.order_id = $1 AND p.status = 'ready'`,
    values: [orderId],
  });
  const [row] = rows;
  if (!row) return null;
  const lines = addressLines(row.address).filter((line) => line !== row.name);
  return { place: { name: row.name, lines }, code: row.code, collectBy: row.collectBy };
}

/** Until when a customer may pay again; null where nobody asks any more. */
async function askedUntil(db: Queryable, orderId: string): Promise<Date | null> {
  const { rows } = await db.query<{ until: Date }>({
    name: 'mail-pay-again',
    text: `SELECT (state->>'until')::timestamptz AS until FROM sagas
           WHERE order_id = $1 AND kind = 'renew-payment' AND status <> 'done' AND state->>'until' IS NOT NULL`,
    values: [orderId],
  });
  return rows[0]?.until ?? null;
}

/** Until when an edit may be paid; null where it waits no more. */
async function editPayableUntil(db: Queryable, editId: string): Promise<Date | null> {
  const { rows } = await db.query<{ until: Date | null }>({
    name: 'mail-edit-to-pay',
    text: `SELECT pay_until AS until FROM order_edits WHERE id = $1 AND status = 'waiting'`,
    values: [editId],
  });
  return rows[0]?.until ?? null;
}

async function readLater(db: Queryable, orderId: string): Promise<(MailItem & { promisedOn: string })[]> {
  const { rows } = await db.query<MailItem & { promisedOn: string }>({
    name: 'mail-later',
    text: `SELECT l.name, sum(b.to_unit - b.from_unit + 1)::int AS units, b.promised_on::text AS "promisedOn"
           FROM backorders b JOIN order_lines l ON l.id = b.line_id WHERE b.order_id = $1
           GROUP BY l.position, l.name, b.promised_on ORDER BY b.promised_on, l.position`,
    values: [orderId],
  });
  return rows;
}

/** Null for units that need no parcel, and for those that their customer fetched. */
async function readParcel(db: Queryable, shipmentId: string) {
  const { rows } = await db.query<{
    nodeId: string | null;
    service: string | null;
    carrier: string | null;
    trackingNumber: string | null;
    items: MailItem[] | null;
  }>({
    name: 'mail-parcel',
    text: `SELECT s.node_id AS "nodeId", s.service, s.carrier, s.tracking_number AS "trackingNumber",
                  (SELECT json_agg(json_build_object('name', i.name, 'units', i.units) ORDER BY i.position)
                   FROM (SELECT l.position, l.name, sum(sl.to_unit - sl.from_unit + 1)::int AS units
                         FROM shipment_lines sl JOIN order_lines l ON l.id = sl.line_id AND l.kind = 'item' WHERE sl.shipment_id = s.id
                         GROUP BY l.id, l.position, l.name) i) AS items
           FROM shipments s WHERE s.id = $1`,
    values: [shipmentId],
  });
  const [row] = rows;
  if (!row) throw new Error('The shipment is not there');
  return row.nodeId === null || row.service === 'pickup'
    ? null
    : { carrier: row.carrier, trackingNumber: row.trackingNumber, items: row.items ?? [] };
}

function cancelledItems(lines: readonly LineRow[], ranges: unknown): MailItem[] {
  const units = new Map<string, number>();
  for (const { lineId, from, to } of (Array.isArray(ranges) ? ranges : []) as { lineId: string; from: number; to: number }[])
    units.set(lineId, (units.get(lineId) ?? 0) + to - from + 1);
  return lines.flatMap((line) => {
    const count = units.get(line.id) ?? 0;
    return count > 0 ? [{ name: line.name, units: count }] : [];
  });
}

/** The address as it is written on a parcel, without its country. */
function addressLines(address: Readonly<Record<string, string>> | null): string[] {
  if (!address) return [];
  const { name, company, line1, line2, postalCode, city, region } = address;
  const town = [postalCode, city].filter(Boolean).join(' ');
  return [name, company, line1, line2, town, region].filter((line): line is string => Boolean(line));
}
