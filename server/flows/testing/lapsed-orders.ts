import type { OrderWorld } from './order-world.ts';

const DAY_MS = 86_400_000;

const simulator = (w: OrderWorld, path: string, body: object): Promise<Response> =>
  fetch(`${w.psp.controlUrl}/_sim/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Moves the house's clock and the provider's: authorizations lapse there after seven days. */
export async function passDays(w: OrderWorld, days: number): Promise<void> {
  w.advanceClock(days * DAY_MS);
  await simulator(w, 'clock', { advance_ms: days * DAY_MS });
}

/** The bank refuses the order's next authorization. */
export const refuseNext = (w: OrderWorld, orderId: string): Promise<Response> =>
  simulator(w, 'switches', { decline: { on: 'authorize', order_id: orderId, next: 1, value: 'insufficient_funds' } });

/** The bank asks the cardholder at the order's next authorization. */
export const challengeNext = (w: OrderWorld, orderId: string): Promise<Response> =>
  simulator(w, 'switches', { challenge: { on: 'authorize', order_id: orderId, next: 1 } });

/** The bank gives up what it holds for the order, before its day; nobody's clock moves. */
export async function lapseNow(w: OrderWorld, orderId: string): Promise<void> {
  const { rows } = await w.db.pool.query<{ ref: string }>(
    'SELECT provider_ref AS ref FROM payments WHERE order_id = $1 AND hold_id IS NOT NULL',
    [orderId],
  );
  for (const { ref } of rows) {
    const answer = await simulator(w, `payments/${ref}/lapse`, {});
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** Units on the shelf whose authorization lapsed before anybody shipped them. */
export async function lapsed(w: OrderWorld): Promise<string> {
  const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } });
  await w.settle();
  await passDays(w, 8);
  return id;
}

/** The same, and the bank says no when its money is asked for again: its customer is asked. */
export async function refusedRenewal(w: OrderWorld): Promise<string> {
  const orderId = await lapsed(w);
  await refuseNext(w, orderId);
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  for (let i = 0; i < 3; i++) {
    await w.settle();
    w.advanceClock(13_000);
  }
  await w.settle();
  return orderId;
}
