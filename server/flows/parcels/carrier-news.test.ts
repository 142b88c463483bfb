import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWebhookStore } from '../../platform/stored-webhooks.ts';
import { processWebhook } from '../process-webhook.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { boxesOf, shipmentRow, shippedBoxes } from '../testing/parcel-hands.ts';

/**
 * The carrier's own messages, signed and sent over HTTP, verified by its adapter, stored and acted upon: each twice and the last first.
 */
let w: OrderWorld;
let door: Server;
const told: { readonly id: string; readonly payload: object; readonly topic: string }[] = [];

beforeAll(async () => {
  door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const webhook = w.outside.carriers.get('parcel')?.verifyWebhook(Buffer.concat(chunks), request.headers);
      if (webhook) told.push({ id: webhook.id, payload: webhook, topic: webhook.topic });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  w = await orderWorld({ stock: 500, carrierWebhooks: `http://127.0.0.1:${(door.address() as AddressInfo).port}/` });
});
afterAll(async () => {
  await w.close();
  door.closeAllConnections();
  door.close();
});

async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`${w.carrier.controlUrl}/_sim/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** Acts on everything that was told so far, the last first and each twice. */
async function hear(messages: number): Promise<void> {
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(messages);
  const store = createWebhookStore(w.db.pool);
  const heard = told.splice(0).reverse();
  for (const { id, topic, payload } of [...heard, ...heard])
    await store.store({ source: 'carrier', externalId: id, topic, payload, receivedAt: w.clock() });
  const { rows } = await w.db.pool.query<{ id: string; external_id: string }>(
    `SELECT id, external_id FROM inbound_webhooks WHERE status = 'received'`,
  );
  expect(rows).toHaveLength(heard.length);
  for (const { id } of heard)
    await processWebhook(w.db.pool, w.flows, rows.find((row) => row.external_id === id)?.id as string, w.ctx('carrier'), {
      lastTry: true,
    });
}

it('follows each box on its own, proves its delivery, and opens, answers and pays a claim for the lost one', async () => {
  const { shipmentId, order } = await shippedBoxes(w, [2, 1]);
  const [first, second] = await boxesOf(w, shipmentId);
  const move = (ref: string | null | undefined, to: string) => control(`shipments/${ref}/advance`, { to });
  await move(first?.tracking_number, 'in_transit');
  await move(second?.tracking_number, 'in_transit');
  await move(first?.tracking_number, 'delivered');
  await move(second?.tracking_number, 'lost');
  await hear(4);
  expect((await boxesOf(w, shipmentId)).map((box) => box.status)).toEqual(['DELIVERED', 'LOST']);
  expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'EXCEPTION' });
  const proofs = await w.db.pool.query(`SELECT proof FROM shipment_updates WHERE shipment_id = $1 AND proof IS NOT NULL`, [
    shipmentId,
  ]);
  expect(proofs.rows).toEqual([{ proof: expect.objectContaining({ name: 'Carla Rossi', place: 'At the door' }) }]);
  const claim = async () => (await w.db.pool.query('SELECT * FROM carrier_claims WHERE order_id = $1', [order.id])).rows;
  expect(await claim()).toMatchObject([{ status: 'open', kind: 'lost', box_id: second?.id, amount_minor: 1_250n }]);
  await w.flows.parcels.fileClaim({ shipmentId, boxId: second?.id as string, kind: 'lost' }, w.ctx());
  await w.settle();
  const claimId = (await claim())[0]?.id;
  await control(`claims/${claimId}/answer`, { to: 'accepted', amount: 1_000 });
  await control(`claims/${claimId}/answer`, { to: 'paid', amount: 1_000 });
  await hear(2);
  expect(await claim()).toMatchObject([{ status: 'paid', paid_minor: 1_000n }]);
  await w.expectBooksAgree();
});

it('takes a parcel that the carrier brings back for what it is: on its way here until somebody received it', async () => {
  const { shipmentId } = await shippedBoxes(w, [1]);
  const { tracking_number: tracking } = await shipmentRow(w, shipmentId);
  for (const to of ['in_transit', 'returning', 'returned']) await control(`shipments/${tracking}/advance`, { to });
  await hear(3);
  expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'RETURNING' });
  await w.flows.parcels.receiveReturn({ shipmentId, nodeId: w.nodes[0] as string, damaged: [] }, w.ctx('warehouse'));
  expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'RETURNED' });
  await w.expectBooksAgree();
});
