import type pg from 'pg';
import { CONSUMERS } from '../../kernel/consumers.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import type { SimulatedCarrier } from './carrier.ts';
import type { Clients } from './clients.ts';
import { type Intent, type SimulatedPsp, sum } from './psp.ts';
import { acceptedAs } from './script.ts';

/** Everything that a seed leaves behind, when everybody has come to rest. */
export interface Left {
  readonly pool: pg.Pool;
  readonly psp: SimulatedPsp;
  readonly carrier: SimulatedCarrier;
  readonly clients: Clients;
  readonly now: Date;
}

/** What still moves: open sagas, events that nobody was told of yet. Empty means that the seed has come to rest. */
export async function moving(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `SELECT 'saga ' || kind || ' at ' || step || ', ' || status || coalesce(': ' || (error->>'message'), '') AS what FROM sagas WHERE status <> 'done'
     UNION ALL SELECT 'event for ' || consumer || ', ' || status || coalesce(': ' || last_error, '') FROM event_deliveries WHERE status <> 'done'
     ORDER BY 1`,
  );
  return rows.map((row) => row.what);
}

/** Every sentence is something that must never be. */
export async function findViolations(left: Left): Promise<string[]> {
  const found = await Promise.all([
    oracle(left),
    events(left.pool),
    numbers(left.pool),
    endings(left.pool),
    money(left),
    labels(left),
    acknowledged(left),
  ]);
  return found.flat();
}

async function oracle({ pool, psp, now }: Left): Promise<string[]> {
  const { report } = await checkIntegrity(pool, { full: true, now, provider: async () => psp.captureLog });
  return report.invariants
    .filter((finding) => finding.state !== 'holds')
    .map((finding) => `${finding.id}: ${finding.title}: ${finding.samples.join('; ')}${finding.note ?? ''}`);
}

const WITH_CONSUMERS = Object.entries(CONSUMERS).flatMap(([consumer, types]) => types.map((type) => ({ consumer, type })));

async function events(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ type: string; consumer: string }>(
    `SELECT e.type, c.consumer FROM events e JOIN unnest($1::text[], $2::text[]) AS c(consumer, type) ON c.type = e.type
     WHERE NOT EXISTS (SELECT FROM event_deliveries d WHERE d.event_id = e.id AND d.consumer = c.consumer) ORDER BY e.id`,
    [WITH_CONSUMERS.map(({ consumer }) => consumer), WITH_CONSUMERS.map(({ type }) => type)],
  );
  return rows.map(({ type, consumer }) => `the event ${type} has no delivery to ${consumer}`);
}

/** Numbers that people see have no gap, whatever was rolled back. */
async function numbers(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ kind: string; given: bigint; used: bigint }>(
    `SELECT c.kind, c.value - 10000 AS given, u.used FROM number_counters c
     JOIN (SELECT 'order' AS kind, count(*) AS used FROM orders UNION ALL SELECT 'shipment', count(*) FROM shipments
           UNION ALL SELECT 'refund', count(*) FROM refunds) u ON u.kind = c.kind WHERE c.value - 10000 <> u.used ORDER BY 1`,
  );
  return rows.map(({ kind, given, used }) => `${given} ${kind} numbers were given out, ${used} are used`);
}

/** Nothing that can be finished without people is unfinished: nobody is PENDING, and whoever waits has all of its units at a node. */
async function endings(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ number: string; status: string; waiting: bigint; finished: boolean; held: boolean }>(
    `SELECT o.number, o.status, o.finished_at IS NOT NULL AS finished, o.holds <> '{}' AS held,
            (SELECT count(*) FROM line_spans s JOIN order_lines l ON l.id = s.line_id WHERE s.order_id = o.id AND l.stocked AND s.state IN ('open', 'backordered')) AS waiting
     FROM orders o ORDER BY o.number`,
  );
  return rows.flatMap(({ number, status, waiting, finished, held }) => {
    if (status === 'PENDING') return [`order ${number} is still PENDING`];
    if (waiting > 0n && !held)
      return [`order ${number} is ${status}, and ${waiting} spans of it have no node although there is stock`];
    return status === 'CANCELLED' && !finished ? [`order ${number} is cancelled, and not finished`] : [];
  });
}

interface PaymentRow {
  readonly order_id: string;
  readonly provider_ref: string | null;
  readonly held: boolean;
  readonly authorized_minor: bigint;
  readonly captured_minor: bigint;
  readonly refunded_minor: bigint;
}

/** The provider's side of every payment says what the books say: nothing is held, taken or given back that the house does not know. */
async function money({ pool, psp }: Left): Promise<string[]> {
  const { rows } = await pool.query<PaymentRow>(
    `SELECT order_id, provider_ref, hold_id IS NOT NULL AS held, authorized_minor, captured_minor, refunded_minor FROM payments ORDER BY id`,
  );
  const byRef = new Map(rows.map((row) => [row.provider_ref, row]));
  const unknown = rows.filter((row) => row.captured_minor > 0n && !psp.intents.has(String(row.provider_ref)));
  return [
    ...unknown.map((row) => `the provider knows nothing of the payment of order ${row.order_id}`),
    ...[...psp.intents.values()].flatMap((intent) => differences(psp, intent, byRef.get(intent.ref))),
  ];
}

function differences(psp: SimulatedPsp, intent: Intent, row: PaymentRow | undefined): string[] {
  const there = {
    held: psp.heldMinor(intent),
    captured: sum(intent.captures.values()),
    refunded: sum([...intent.refunds.values()].map((refund) => refund.amountMinor)),
  };
  const here = {
    held: row?.held ? row.authorized_minor - row.captured_minor : 0n,
    captured: row?.captured_minor ?? 0n,
    refunded: row?.refunded_minor ?? 0n,
  };
  return (['held', 'captured', 'refunded'] as const)
    .filter((what) => here[what] !== there[what])
    .map((what) => `order ${intent.orderId}: ${there[what]} ${what} at the provider, ${here[what]} in the books`);
}

/** Each label is paid for by one shipment that leaves; a shipment that does not leave has none. */
async function labels({ pool, carrier }: Left): Promise<string[]> {
  const { rows } = await pool.query<{
    id: string;
    number: string;
    status: string;
    carrier_ref: string | null;
    node_id: string | null;
  }>('SELECT id, number, status, carrier_ref, node_id FROM shipments ORDER BY number');
  return rows.flatMap(({ id, number, status, carrier_ref, node_id }) => {
    const own = [...carrier.labels.values()].filter((label) => label.shipmentId === id && !label.voided);
    const wanted = status === 'CANCELLED' || node_id === null ? 0 : 1;
    if (own.length !== wanted) return [`shipment ${number} is ${status} and has ${own.length} labels`];
    return wanted === 1 && own[0]?.ref !== carrier_ref ? [`shipment ${number} names another label than the carrier`] : [];
  });
}

/** What somebody was told has happened is there, and is told again to whoever asks again. */
async function acknowledged({ pool, clients }: Left): Promise<string[]> {
  const told = clients.asked.flatMap((asked) => {
    const value = asked.answers[0] && acceptedAs<Record<string, unknown>>(asked.answers[0]);
    return value ? [{ what: asked.what, ids: idsIn(value) }] : [];
  });
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id::text FROM orders UNION ALL SELECT id::text FROM shipments UNION ALL SELECT id::text FROM refunds ORDER BY 1`,
  );
  const there = new Set(rows.map((row) => row.id));
  const missing = told.flatMap(({ what, ids }) =>
    ids.filter((id) => !there.has(id)).map((id) => `${what} was told ${id}, which is not there`),
  );
  await Promise.all(clients.asked.map((asked) => clients.send(asked)));
  return missing;
}

/** Ids of orders, shipments and refunds that an answer names. */
function idsIn(value: Record<string, unknown>): string[] {
  const {
    id,
    orderId,
    refundId,
    shipments = [],
    skuId,
  } = value as {
    id?: string;
    orderId?: string;
    refundId?: string | null;
    shipments?: readonly { id: string }[];
    skuId?: string;
  };
  if (skuId) return [];
  return [id, orderId, refundId, ...shipments.map((shipment) => shipment.id)].filter((one) => typeof one === 'string');
}
