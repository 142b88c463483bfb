import { externalIdOf, type PlannedOrder, RESERVED_FOR_SHORTAGE, type Story } from './plan.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

/** What needs a provider to fail: brought about with the simulators' own switches, on the orders concerned only. */
export interface Simulators {
  readonly psp: string;
  readonly carrier: string;
}

const MINUTE_MS = 60_000;

/** Has a simulator do something. */
export async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

/** While the demo is made nobody listens for webhooks, and what they would say is made up already. */
export async function muteWebhooks(simulators: Simulators, off: boolean): Promise<void> {
  for (const url of [simulators.psp, simulators.carrier]) await post(`${url}/_sim/switches`, { webhooks: { off } });
}

/** The orders of a story, as they were placed. */
export async function findOrders(
  stage: Stage,
  plan: readonly PlannedOrder[],
  story: Story,
): Promise<{ id: string; plan: PlannedOrder }[]> {
  const planned = plan.filter((order) => order.story === story);
  const { rows } = await stage.pool.query<{ id: string; externalId: string }>(
    'SELECT id, external_id AS "externalId" FROM orders WHERE external_id = ANY($1::text[])',
    [planned.map((order) => externalIdOf(order))],
  );
  const ids = new Map(rows.map((row) => [row.externalId, row.id]));
  return planned.flatMap((order) => {
    const id = ids.get(externalIdOf(order));
    return id ? [{ id, plan: order }] : [];
  });
}

/** The bank took the money and its answer never came: nobody knows until the provider has been asked. */
export async function leaveInDoubt(
  stage: Stage,
  simulators: Simulators,
  plan: readonly PlannedOrder[],
  now: Date,
): Promise<void> {
  const orders = await findOrders(stage, plan, 'in_doubt');
  const rules = orders.map(({ id }) => ({ order_id: id, on: ['authorize'] }));
  await post(`${simulators.psp}/_sim/switches`, { drop_reply: rules });
  try {
    // One look only: the next one would ask the provider, and know.
    await settle(
      stage,
      orders.map(({ id }) => id),
      now,
      1,
    );
  } finally {
    await post(`${simulators.psp}/_sim/switches`, { drop_reply: null });
  }
}

/**
 * The parcel left before its money was refused: the label cannot be voided any more and the capture cannot be repeated. A person has
 * to decide.
 */
export async function leaveStuck(stage: Stage, simulators: Simulators, plan: readonly PlannedOrder[], now: Date): Promise<void> {
  const orders = await findOrders(stage, plan, 'stuck');
  const ids = orders.map(({ id }) => id);
  const onCapture = ids.map((id) => ({ order_id: id, on: ['capture'] }));
  const at = (minutes: number): Date => new Date(now.getTime() - (45 - minutes) * MINUTE_MS);
  try {
    await post(`${simulators.psp}/_sim/switches`, { drop_before: onCapture });
    for (const { id, plan: order } of orders)
      await stage.flows.shipOrder(
        { orderId: id },
        contextOf(stage, stage.actors.warehouse, at(0)),
        `seed:order:${order.number}:ship`,
      );
    await settle(stage, ids, at(0));
    const { rows } = await stage.pool.query<{ ref: string }>(
      `SELECT carrier_ref AS ref FROM shipments WHERE order_id = ANY($1::uuid[]) AND status = 'LABELLED'`,
      [ids],
    );
    for (const { ref } of rows) await post(`${simulators.carrier}/_sim/shipments/${ref}/advance`, { to: 'in_transit' });
    await post(`${simulators.psp}/_sim/switches`, { drop_before: null, decline: onCapture });
    for (let minutes = 1; minutes <= 4; minutes++) await settle(stage, ids, at(minutes));
  } finally {
    await post(`${simulators.psp}/_sim/switches`, { drop_before: null, decline: null });
  }
}

/** A shelf fell over: units that were promised and allocated are gone. */
export async function breakStock(stage: Stage, shop: Shop, plan: readonly PlannedOrder[], now: Date): Promise<void> {
  const node = shop.nodes[0];
  for (const good of shop.goods.slice(-RESERVED_FOR_SHORTAGE)) {
    const sold = plan.filter((order) => order.story === 'shortage' && order.lines.some((line) => line.sku === good.code)).length;
    if (sold === 0 || !node) continue;
    await stage.flows.adjustStock(
      {
        merchantId: shop.id,
        skuId: good.skuId,
        nodeId: node.id,
        reason: 'damaged',
        note: 'A shelf fell over',
        delta: -(sold + 1),
      },
      contextOf(stage, stage.actors.warehouse, now),
      `seed:damage:${good.code}`,
    );
  }
}
