import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { placeOrderInput } from '../../domains/orders/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { linkToken } from '../../platform/link-token.ts';
import type { ProcedurePath } from '../root.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

/** An order of a SKU that nobody has, sold beyond stock, and the link of a mail about it. */
async function waiting(w: GridWorld, tenant: Tenant): Promise<{ id: string; token: string; until: string }> {
  const { id: merchantId } = w.rest[tenant];
  const { app } = w.rest.api;
  const code = `WAIT-${newId().slice(-12)}`;
  const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const { id: skuId } = await app.flows.createSku({ merchantId, code, name: code, price: '10', ...blank }, w.ctx('system:test'));
  const policy = { merchantId, skuId, kind: 'backorder', limitUnits: 10, leadDays: 10 };
  await app.flows.setBackorderPolicy(setBackorderPolicyInput.parse(policy), w.ctx('system:test'));
  const order = placeOrderInput.parse({
    merchantId,
    channel: 'api',
    currency: 'EUR',
    lines: [{ sku: code, quantity: 2 }],
    payment: { token: 'pm_card_visa' },
  });
  const placed = await app.flows.placeOrder(order, w.ctx('system:test'));
  await w.settle(placed.id);
  return { id: placed.id, token: linkToken('wait', placed.id, app.settings.secret), until: placed.later[0]?.promisedOn ?? '' };
}

/** As a saga leaves it that was refused: the bank does not hold the money any more, and the customer is asked. */
async function askToPay(w: GridWorld, orderId: string): Promise<void> {
  const state = { lapsedId: newId(), provider: 'card', payDays: 7, offer: null, made: [], until: '2099-01-01T00:00:00.000Z' };
  await w.rest.db.ownerPool.query(
    `INSERT INTO sagas (id, kind, flow_version, order_id, merchant_id, step, status, attempt, state, wake_at, actor, trace_id, version, created_at, updated_at)
     SELECT $2, 'renew-payment', 1, id, merchant_id, 'authorize', 'waiting', 0, $3, '2099-01-01', 'system:test', 't', 1, now(), now() FROM orders WHERE id = $1`,
    [orderId, newId(), state],
  );
}

/** What whoever holds the link of a mail about a later day does. */
export const WAITING_ROWS = {
  'waiting.accept': async (w, tenant) => {
    const { token, until } = await waiting(w, tenant);
    return { caller: null, input: { token, until }, other: null };
  },
  'waiting.cancel': async (w, tenant) => {
    const { token } = await waiting(w, tenant);
    return { caller: null, input: { token }, other: null };
  },
  'waiting.pay': async (w, tenant) => {
    const { id, token } = await waiting(w, tenant);
    await askToPay(w, id);
    return { caller: null, input: { token, paymentToken: 'pm_card_visa' }, other: null };
  },
} satisfies Partial<Record<ProcedurePath, Row>>;
