import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../app.ts';
import type { RefundOrderInput } from '../domains/refunds/schema.ts';
import { type OrderWorld, orderWorld } from '../flows/testing/order-world.ts';
import { newId } from '../kernel/ids.ts';
import type { Role } from '../kernel/vocabulary.ts';
import { readEnv } from '../platform/env.ts';
import { createContext } from './context.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import { createCaller } from './root.ts';

let w: OrderWorld;
let app: App;
beforeAll(async () => {
  w = await orderWorld();
  const env = readEnv({
    NODE_ENV: 'test',
    DATABASE_URL: w.db.url,
    WAYBILL_SECRET: 'a secret of the tests, long enough',
    WAYBILL_DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
    WAYBILL_DEMO: '1',
  });
  const log = pino({ level: 'silent' });
  app = { ...createApp({ env, role: 'test', pool: w.db.pool, log }), flows: w.flows };
  await w.db.ownerPool.query(
    `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('refund-order', 'EUR', 5000), ('adjust-stock', 'EUR', 10000)`,
  );
});
afterAll(async () => {
  await app.close();
  await w.close();
});

/** A new person of a role, at the counter. */
function as(role: Role, belongs: { merchantId?: string; customerId?: string } = {}) {
  const userId = newId();
  const principal: Principal = {
    ...ANONYMOUS,
    kind: 'user',
    actor: `user:${userId}`,
    userId,
    role,
    merchantId: belongs.merchantId ?? null,
    customerId: belongs.customerId ?? null,
    sessionId: newId(),
    secondFactor: true,
  };
  return createCaller(createContext(app, principal));
}

/** What the counter answered instead, as a page sees it. */
async function refused(
  work: Promise<unknown>,
): Promise<{ code: string; data?: Record<string, unknown> | undefined; detail: string }> {
  try {
    await work;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause && typeof cause === 'object' && 'code' in cause) return cause as Awaited<ReturnType<typeof refused>>;
    throw error;
  }
  throw new Error('It was not refused');
}

async function shippedOrder(quantity = 3): Promise<{ id: string; lineId: string }> {
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity }] });
  await w.settle();
  await as('warehouse').orders.ship({ orderId: placed.id });
  await w.settle();
  return { id: placed.id, lineId: placed.lines[0]?.id as string };
}

describe('two agents who refund the same unit', () => {
  it('one wins; the other is shown what changed and what it would be now', async () => {
    const { id: orderId, lineId } = await shippedOrder(2);
    const wanted = { kind: 'units', orderId, units: [{ lineId, quantity: 1 }], reason: 'damaged' } satisfies RefundOrderInput;
    const [ana, ben] = [as('agent'), as('agent')];
    const [shownAna, shownBen] = [await ana.orders.previewRefund(wanted), await ben.orders.previewRefund(wanted)];
    expect(shownAna.fingerprint).toBe(shownBen.fingerprint);
    const first = await ana.orders.refund({ ...wanted, fingerprint: shownAna.fingerprint });
    const second = await refused(ben.orders.refund({ ...wanted, fingerprint: shownBen.fingerprint }));
    expect(first).toMatchObject({ amountMinor: shownAna.amountMinor, status: 'pending' });
    expect(second.code).toBe('plan_changed');
    const now = second.data?.preview as typeof shownBen;
    expect(now.units).toEqual([{ lineId, from: 2, to: 2 }]);
    expect(now.leftMinor).toBe(0);
    expect(await ben.orders.previewRefund(wanted)).toEqual(now);
    await w.settle();
    await w.expectBooksAgree();
  });

  it('the last unit: the other is told that nothing is left', async () => {
    const { id: orderId } = await shippedOrder(1);
    const wanted = { kind: 'units', orderId, reason: 'damaged' } as const;
    const { fingerprint } = await as('agent').orders.previewRefund(wanted);
    const both = await Promise.allSettled([
      as('agent').orders.refund({ ...wanted, fingerprint }),
      as('agent').orders.refund({ ...wanted, fingerprint }),
    ]);
    const losers = both.filter((answer) => answer.status === 'rejected');
    expect(losers).toHaveLength(1);
    expect(await refused(Promise.reject(losers[0]?.reason))).toMatchObject({ code: 'plan_changed' });
    await w.settle();
    expect((await w.order(orderId)).refunded_minor).toBe((await w.order(orderId)).captured_minor);
  });

  it('one agent who clicks twice refunds once', async () => {
    const { id: orderId } = await shippedOrder(1);
    const agent = as('agent');
    const wanted = { kind: 'amount', orderId, amountMinor: 100n, reason: 'late', idempotencyKey: newId() } as const;
    const [once, twice] = [await agent.orders.refund(wanted), await agent.orders.refund(wanted)];
    expect(twice).toEqual(once);
    await w.settle();
    expect((await w.order(orderId)).refunded_minor).toBe(100n);
  });
});

describe('what is worth much', () => {
  const stock = async (): Promise<bigint> => {
    const text = 'SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2';
    return (await w.db.pool.query(text, [w.skus.MUG, w.nodes[1]])).rows[0].on_hand;
  };
  const place = () => ({ merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId: w.nodes[1] as string });

  it('waits for a second person: a count is applied as the difference it found', async () => {
    const before = await stock();
    const warehouse = as('warehouse');
    const counted = Number(before) - 10;
    expect(await warehouse.stock.previewAdjust({ skuId: place().skuId, nodeId: place().nodeId, counted })).toMatchObject({
      delta: -10,
      worthMinor: 12_500n,
      needsApproval: true,
    });
    const asked = await warehouse.stock.adjust({
      ...place(),
      counted,
      expected: Number(before),
      reason: 'counted',
      note: 'Shelf 3',
    });
    expect(asked).toMatchObject({ status: 'awaiting_approval', onHand: Number(before), delta: -10 });
    expect(await stock()).toBe(before);
    // Units move while it waits.
    await warehouse.stock.adjust({ ...place(), delta: 2, reason: 'found' });
    const approvalId = asked.approvalId as string;
    const [waiting] = (await as('finance').approvals.list({})).items;
    expect(waiting).toMatchObject({ id: approvalId, action: 'adjust-stock', amountMinor: 12_500n, subjectLabel: 'MUG' });
    expect(await as('finance').approvals.decide({ approvalId, decision: 'approve' })).toEqual({
      id: approvalId,
      status: 'approved',
    });
    expect(await stock()).toBe(before + 2n - 10n);
    expect(await refused(as('finance').approvals.decide({ approvalId, decision: 'approve' }))).toMatchObject({
      code: 'state_refuses',
    });
    await w.expectBooksAgree();
  });

  it('is not approved by whoever asked, and not by a role that may not', async () => {
    const before = await stock();
    const admin = as('admin');
    const { approvalId } = await admin.stock.adjust({ ...place(), delta: 1_000, reason: 'received' });
    const wish = { approvalId: approvalId as string, decision: 'approve' } as const;
    expect(await refused(admin.approvals.decide(wish))).toMatchObject({ code: 'own_request' });
    expect(await refused(as('agent').approvals.decide(wish))).toMatchObject({ code: 'forbidden' });
    await as('finance').approvals.decide({ ...wish, decision: 'reject', reason: 'No such delivery' });
    expect(await stock()).toBe(before);
  });

  it('that cannot be done any more is refused and stays to be rejected', async () => {
    const before = await stock();
    const { approvalId } = await as('warehouse').stock.adjust({ ...place(), delta: -Number(before), reason: 'lost' });
    await as('warehouse').stock.adjust({ ...place(), delta: -1, reason: 'damaged' });
    const wish = { approvalId: approvalId as string, decision: 'approve' } as const;
    expect(await refused(as('finance').approvals.decide(wish))).toMatchObject({ code: 'over_limit' });
    expect(await as('finance').approvals.decide({ ...wish, decision: 'reject' })).toMatchObject({ status: 'rejected' });
    expect(await stock()).toBe(before - 1n);
  });

  it('sends a large refund only when somebody else agrees', async () => {
    const { id: orderId } = await shippedOrder(5);
    const agent = as('agent');
    const wanted = { kind: 'units', orderId, reason: 'not_received' } as const;
    expect(await agent.orders.previewRefund(wanted)).toMatchObject({ needsApproval: true, amountMinor: 6_250 });
    const asked = await agent.orders.refund(wanted);
    await w.settle();
    expect((await w.order(orderId)).refunded_minor).toBe(0n);
    await as('finance').approvals.decide({ approvalId: asked.approvalId as string, decision: 'approve' });
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ refunded_minor: 6_250n, status: 'REFUNDED' });
    await w.expectBooksAgree();
  });
});

describe('stock rows', () => {
  it('are made only where SKU and node belong to one merchant', async () => {
    const stranger = newId();
    const node = newId();
    await w.db.pool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'other', 'Other', 'EUR', 'DE', now())`,
      [stranger],
    );
    await w.db.pool.query(
      `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'X', 'X', 'store', now())`,
      [node, stranger],
    );
    const sku = w.skus.MUG as string;
    for (const place of [
      { merchantId: w.merchantId, skuId: sku, nodeId: node },
      { merchantId: stranger, skuId: sku, nodeId: node },
      { merchantId: w.merchantId, skuId: w.skus.GIFTWRAP as string, nodeId: w.nodes[0] as string },
    ]) {
      expect(await refused(as('admin').stock.adjust({ ...place, delta: 1, reason: 'found' }))).toMatchObject({
        code: 'not_found',
      });
    }
    const made = await w.db.pool.query('SELECT FROM node_stock WHERE node_id = $1 OR sku_id = $2', [node, w.skus.GIFTWRAP]);
    expect(made.rowCount).toBe(0);
  });
});

describe('holds', () => {
  it('are lifted by those who judge them', async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'TEE', quantity: 1 }] });
    await w.settle();
    const fraud = { orderId, hold: 'fraud', reason: 'Looks odd' } as const;
    await as('agent').orders.hold(fraud);
    expect(await refused(as('agent').orders.release(fraud))).toMatchObject({ code: 'forbidden' });
    expect(await refused(as('fraud_analyst').orders.hold({ ...fraud, hold: 'manual' }))).toMatchObject({ code: 'forbidden' });
    expect(await refused(as('warehouse').orders.previewShip({ orderId }))).toMatchObject({ code: 'state_refuses' });
    expect(await as('fraud_analyst').orders.release(fraud)).toMatchObject({ holds: [] });
  });
});

describe('a customer', () => {
  it('cancels their own order while nothing has shipped, and only what they were shown', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    const { customer_id: customerId } = (await w.order(placed.id)) as { customer_id: string };
    const wish = { orderId: placed.id, reason: 'other' } as const;
    expect(await refused(as('customer', { customerId: newId() }).orders.cancel(wish))).toMatchObject({ code: 'not_found' });
    const me = as('customer', { customerId });
    expect(await refused(me.orders.cancel(wish))).toMatchObject({ code: 'invalid_request' });
    const { fingerprint } = await me.orders.previewCancel(wish);
    expect(await me.orders.cancel({ ...wish, fingerprint })).toMatchObject({ status: 'CANCELLED' });
    expect((await w.order(placed.id)).cancellation).toMatchObject({ reason: 'customer_request' });

    const shipped = await shippedOrder(1);
    expect(await refused(me.orders.previewCancel({ orderId: shipped.id, reason: 'other' }))).toMatchObject({
      code: 'state_refuses',
    });
  });
});

describe('who was faster', () => {
  it('is told by name', async () => {
    const userId = newId();
    await w.db.pool.query(
      `INSERT INTO users (id, email, email_normalized, name, role, created_at) VALUES ($1, 'ana@w.test', 'ana@w.test', 'Ana Admin', 'admin', now())`,
      [userId],
    );
    const ana = createCaller(
      createContext(app, { ...ANONYMOUS, kind: 'user', actor: `user:${userId}`, userId, role: 'admin', secondFactor: true }),
    );
    const skuId = w.skus.BAG as string;
    await ana.products.edit({ skuId, version: 1n, name: 'Big bag' });
    const late = await refused(
      as('merchant', { merchantId: w.merchantId }).products.edit({ skuId, version: 1n, name: 'Small bag' }),
    );
    expect(late).toMatchObject({ code: 'conflict', data: { changedBy: { kind: 'user', id: userId, name: 'Ana Admin' } } });
  });
});
