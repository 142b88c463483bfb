import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateCheckoutInput } from '../domains/checkouts/schema.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import type { Call } from '../platform/verb.ts';
import { readCheckout } from '../views/checkouts.ts';
import type { Flows } from './flows.ts';
import { awaitTransfer } from './testing/await-transfer.ts';
import { backorderCalls } from './testing/backorder-calls.ts';
import { fundWallet } from './testing/fund-wallet.ts';
import { holdCalls } from './testing/hold-calls.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { pickupCalls } from './testing/pickup-calls.ts';
import { promiseCalls } from './testing/promise-calls.ts';
import { redirectCall, refundCall } from './testing/redirect-call.ts';
import { addShippingMethods } from './testing/shipping-methods.ts';
import { tenderCalls } from './testing/tender-calls.ts';

/** The flows that are verbs: each changes something for somebody. A new one does not compile without a line below. */
type VerbsIn<T> = { [K in keyof T]: T[K] extends Call<infer _I, infer _R> ? K : never }[keyof T] & string;
type VerbName =
  | VerbsIn<Flows>
  | `checkouts.${VerbsIn<Flows['checkouts']>}`
  | `wallets.${VerbsIn<Flows['wallets']>}`
  | `reservations.${VerbsIn<Flows['reservations']>}`;
type Machinery =
  | 'advanceSaga'
  | 'wakeSagas'
  | 'lookAgain'
  | 'wakeWaitingFor'
  | 'moveDates'
  | 'reviewBackorders'
  | 'expireApprovals'
  | 'idle'
  | 'mailLink'
  | 'cannedMessages'
  | 'notifyCustomers'
  | 'sendNotices'
  | 'markAccounts'
  | 'sweepNotices'
  | 'checkouts.sweep'
  | 'reservations.expire'
  | 'wallets.expireRequests';
/** They change no record of the shop, so there is no event; retry-jobs.test.ts looks at their audit rows. */
type Letters = 'retryJobs' | 'retryDeliveries';
type Verbs = Exclude<VerbName, `preview${string}` | Machinery | Letters>;
/** They say in the audit log what they did, but nobody follows it: a quote binds nobody, of a checkout the order it ends in is told, and a setting is looked up. */
const UNTOLD: ReadonlySet<string> = new Set<Verbs>([
  'createQuote',
  'checkouts.create',
  'checkouts.update',
  'checkouts.chooseTender',
  'checkouts.cancel',
  'setPaymentGateways',
]);

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
  await addShippingMethods(w.db.pool, w.merchantId);
  await w.db.ownerPool.query(
    `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('adjust-stock', 'EUR', 100000)`,
  );
});
afterAll(() => w.close());

async function confirmed(): Promise<string> {
  const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
  await w.settle();
  return id;
}

async function shipped(): Promise<string> {
  const orderId = await confirmed();
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
  return orderId;
}

const one = async (text: string, values: unknown[]): Promise<Record<string, unknown>> =>
  (await w.db.pool.query(text, values)).rows[0];

async function nodeOf(orderId: string): Promise<string> {
  const { id } = await one('SELECT node_id AS id FROM line_spans WHERE order_id = $1 AND node_id IS NOT NULL', [orderId]);
  return String(id);
}

const CART = (): CreateCheckoutInput => ({
  merchantId: w.merchantId,
  source: 'console',
  lines: [{ sku: 'TEE', quantity: 1 }],
  customer: { email: 'carla@customer.example', name: 'Carla Rossi' },
  shipTo: { line1: 'Via Roma 1', city: 'Milano', postalCode: '20121', country: 'IT' },
  locale: 'en',
});

/** A checkout with everything that paying for it takes, as the customer presses Pay. */
async function payable() {
  const { id: checkoutId } = await w.flows.checkouts.create(CART(), w.ctx());
  await w.flows.checkouts.update({ checkoutId }, w.ctx());
  const { quote, option } = await readCheckout(w.db.pool, checkoutId, w.clock());
  const totalMinor = BigInt(quote?.options.find(({ code }) => code === option)?.orderTotalMinor ?? 0);
  return {
    checkoutId,
    quoteId: String(quote?.id),
    option: option ?? undefined,
    totalMinor,
    returnUrl: 'https://shop.example/pay/x',
  };
}

/** A new customer with money in a wallet, and somebody else who has one. */
async function walletHolders() {
  const people = [newId(), newId()] as const;
  const wallets: string[] = [];
  for (const customerId of people) {
    await w.db.pool.query(
      `INSERT INTO customers (id, email, email_normalized, guest, created_at) VALUES ($1, $2, $2, false, now())`,
      [customerId, `${customerId}@w.test`],
    );
    wallets.push((await w.flows.wallets.open({ customerId, currency: 'EUR' }, w.ctx())).id);
    await fundWallet(w.db.pool, customerId, 100n);
  }
  const [walletId = '', otherWallet = ''] = wallets;
  return {
    walletId,
    otherWallet,
    sending: { walletId, to: { email: `${people[1]}@w.test` }, amountMinor: 10n, currency: 'EUR' },
  };
}

async function askedRequest() {
  const { sending, otherWallet } = await walletHolders();
  const { requestId } = await w.flows.wallets.request(sending, w.ctx());
  return { requestId, walletId: otherWallet };
}

const ofConfirmed = (run: (orderId: string, ctx: Ctx) => Promise<unknown>) => async () => {
  const orderId = await confirmed();
  return (ctx: Ctx) => run(orderId, ctx);
};

/** Each prepares what it needs and answers with the call itself, which is made under a trace of its own. */
const CALLS: Readonly<Record<Verbs, () => Promise<(ctx: Ctx) => Promise<unknown>>>> = {
  createQuote: async () => (ctx) =>
    w.flows.createQuote(
      {
        merchantId: w.merchantId,
        currency: 'EUR',
        lines: [{ sku: 'TEE', quantity: 1 }],
        destination: { country: 'IT' },
      },
      ctx,
    ),
  'checkouts.create': async () => (ctx) => w.flows.checkouts.create(CART(), ctx),
  ...holdCalls(() => w, CART),
  'checkouts.update': async () => {
    const { id: checkoutId } = await w.flows.checkouts.create(CART(), w.ctx());
    return (ctx) => w.flows.checkouts.update({ checkoutId, customer: { name: 'Carla Bianchi' } }, ctx);
  },
  'checkouts.chooseTender': async () => {
    const { id: checkoutId } = await w.flows.checkouts.create(CART(), w.ctx());
    return (ctx) => w.flows.checkouts.chooseTender({ checkoutId, use: true, tender: { type: 'gift_card', id: checkoutId } }, ctx);
  },
  'checkouts.pay': async () => {
    const asked = await payable();
    return (ctx) => w.flows.checkouts.pay({ ...asked, paymentToken: 'pm_card_visa' }, ctx);
  },
  'checkouts.cancel': async () => {
    const { id: checkoutId } = await w.flows.checkouts.create(CART(), w.ctx());
    return (ctx) => w.flows.checkouts.cancel({ checkoutId }, ctx);
  },
  'checkouts.sendLink': async () => {
    const { id: checkoutId } = await w.flows.checkouts.create(CART(), w.ctx());
    return (ctx) => w.flows.checkouts.sendLink({ checkoutId }, ctx);
  },
  placeOrder: async () => (ctx) => w.flows.placeOrder(w.input({ lines: [{ sku: 'TEE', quantity: 1 }] }), ctx),
  cancelOrder: ofConfirmed((orderId, ctx) => w.flows.cancelOrder({ orderId, reason: 'other' }, ctx)),
  captureOrder: ofConfirmed((orderId, ctx) => w.flows.captureOrder({ orderId }, ctx)),
  redirectRefund: async () => redirectCall(w, await shipped()),
  refundOrder: async () => refundCall(w, await shipped()),
  shipOrder: ofConfirmed((orderId, ctx) => w.flows.shipOrder({ orderId }, ctx)),
  undoCancel: async () => {
    const orderId = await confirmed();
    await w.flows.cancelOrder({ orderId, reason: 'other', undoable: true }, w.ctx());
    return (ctx) => w.flows.undoCancel({ orderId }, ctx);
  },
  undoRefund: async () => {
    const orderId = await shipped();
    const { id: refundId } = await w.flows.refundOrder({ kind: 'units', orderId, reason: 'late', undoable: true }, w.ctx());
    return (ctx) => w.flows.undoRefund({ orderId, refundId }, ctx);
  },
  readdressOrder: async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    const { ship_to: seen } = (await w.order(orderId)) as { ship_to: Record<string, string> };
    const address = { line1: 'Via Milano 2', city: 'Torino', postalCode: '10121', country: 'IT' };
    return (ctx) => w.flows.readdressOrder({ orderId, address, seen, releaseHold: false }, ctx);
  },
  reshipOrder: async () => {
    const orderId = await shipped();
    const { id } = await one('SELECT id FROM shipments WHERE order_id = $1', [orderId]);
    return (ctx) => w.flows.reshipOrder({ orderId, shipmentId: String(id), reason: 'lost' }, ctx);
  },
  startPicking: async () => {
    const orderId = await confirmed();
    return async (ctx) => w.flows.startPicking({ nodeId: await nodeOf(orderId), orderIds: [orderId] }, ctx);
  },
  finishPicking: async () => {
    const orderId = await confirmed();
    const round = { nodeId: await nodeOf(orderId), orderIds: [orderId] };
    await w.flows.startPicking(round, w.ctx('warehouse'));
    return (ctx) => w.flows.finishPicking({ ...round, outcome: 'packed' }, ctx);
  },
  ...pickupCalls(() => w),
  updateShipment: async () => {
    const { id } = await one('SELECT id FROM shipments WHERE order_id = $1', [await shipped()]);
    return (ctx) => w.flows.updateShipment({ shipmentId: String(id), status: 'DELIVERED', detail: 'At the door' }, ctx);
  },
  noteOrder: async () => {
    const orderId = await confirmed();
    return (ctx) => w.flows.noteOrder({ orderId, body: 'Called' }, ctx);
  },
  tagOrder: async () => {
    const orderId = await confirmed();
    return (ctx) => w.flows.tagOrder({ orderId, add: ['vip'], remove: [] }, ctx);
  },
  editOrder: async () => {
    const orderId = await confirmed();
    return (ctx) => w.flows.editOrder({ orderId, metadata: { colour: 'red' } }, ctx);
  },
  holdOrder: async () => {
    const orderId = await confirmed();
    return (ctx) => w.flows.holdOrder({ orderId, hold: 'manual', reason: 'Wait' }, ctx);
  },
  releaseOrder: async () => {
    const orderId = await confirmed();
    await w.flows.holdOrder({ orderId, hold: 'manual', reason: 'Wait' }, w.ctx());
    return (ctx) => w.flows.releaseOrder({ orderId, hold: 'manual', reason: 'Go' }, ctx);
  },
  decideApproval: async () => {
    const place = { merchantId: w.merchantId, skuId: w.skus.TEE as string, nodeId: w.nodes[0] as string };
    const { approvalId } = await w.flows.adjustStock({ ...place, delta: 90, reason: 'received' }, w.ctx('warehouse'));
    return (ctx) => w.flows.decideApproval({ approvalId: approvalId as string, decision: 'approve' }, ctx);
  },
  adjustStock: async () => (ctx) =>
    w.flows.adjustStock(
      { merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId: w.nodes[0] as string, delta: 1, reason: 'found' },
      ctx,
    ),
  ...backorderCalls(() => w),
  ...promiseCalls(() => w),
  createSku: async () => (ctx) => {
    const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
    return w.flows.createSku({ merchantId: w.merchantId, code: 'AUD-1', name: 'One', price: '1', ...blank }, ctx);
  },
  editSku: async () => (ctx) => w.flows.editSku({ skuId: w.skus.GIFTWRAP as string, version: 1n, price: '2.50' }, ctx),
  importSkus: async () => (ctx) =>
    w.flows.importSkus({ merchantId: w.merchantId, csv: 'sku,name,price\nAUD-2,Two,2\n', mode: 'all' }, ctx),
  saveGlAccount: async () => (ctx) =>
    w.flows.saveGlAccount(
      { kind: 'psp_fees', merchantId: w.merchantId, account: { number: '6110', name: 'Fees' }, version: 0n },
      ctx,
    ),
  setPaymentGateways: async () => (ctx) =>
    w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'card' }] }, ctx),
  recordPayment: () => awaitTransfer(w).then((input) => (ctx) => w.flows.recordPayment(input, ctx)),
  saveShippingMethod: async () => (ctx) =>
    w.flows.saveShippingMethod(
      {
        merchantId: w.merchantId,
        code: 'courier',
        name: 'Courier',
        countries: ['IT'],
        postalPrefixes: [],
        basis: 'flat',
        tiers: [{ upTo: null, priceMinor: 990 }],
        minDays: 1,
        maxDays: 1,
        cutoffHour: 12,
        active: true,
        position: 1,
      },
      ctx,
    ),
  editCustomer: async () => {
    const { customer_id: customerId } = await w.order(await confirmed());
    return (ctx) => w.flows.editCustomer({ customerId: String(customerId), version: 1n, name: 'New name' }, ctx);
  },
  messageCustomer: async () => {
    const orderId = await confirmed();
    return (ctx) => w.flows.messageCustomer({ orderId, subject: 'Hello', body: 'A word' }, ctx);
  },
  resendNotice: async () => {
    const orderId = await confirmed();
    const { noticeId } = await w.flows.messageCustomer({ orderId, subject: 'Hello', body: 'A word' }, w.ctx());
    await w.flows.sendNotices();
    return (ctx) => w.flows.resendNotice({ noticeId, reason: null }, ctx);
  },
  noteCustomer: async () => {
    const { customer_id: customerId } = await w.order(await confirmed());
    return (ctx) => w.flows.noteCustomer({ customerId: String(customerId), merchantId: null, body: 'Calls on Mondays' }, ctx);
  },
  'wallets.open': async () => {
    const { customer_id: customerId } = await w.order(await confirmed());
    return (ctx) => w.flows.wallets.open({ customerId: String(customerId), currency: 'EUR' }, ctx);
  },
  'wallets.setHandle': async () => {
    const { customer_id: customerId } = await w.order(await confirmed());
    return (ctx) => w.flows.wallets.setHandle({ customerId: String(customerId), handle: 'carla' }, ctx);
  },
  'wallets.send': async () => {
    const { sending } = await walletHolders();
    return (ctx) => w.flows.wallets.send(sending, ctx);
  },
  'wallets.request': async () => {
    const { sending } = await walletHolders();
    return (ctx) => w.flows.wallets.request(sending, ctx);
  },
  'wallets.payRequest': async () => {
    const asked = await askedRequest();
    return (ctx) => w.flows.wallets.payRequest(asked, ctx);
  },
  'wallets.endRequest': async () => {
    const { requestId } = await askedRequest();
    return (ctx) => w.flows.wallets.endRequest({ requestId, how: 'declined' }, ctx);
  },
  'wallets.freeze': async () => {
    const { walletId } = await walletHolders();
    return (ctx) => w.flows.wallets.freeze({ walletId, by: 'customer' }, ctx);
  },
  'wallets.unfreeze': async () => {
    const { walletId } = await walletHolders();
    await w.flows.wallets.freeze({ walletId, by: 'staff', reason: 'Stolen phone' }, w.ctx());
    return (ctx) => w.flows.wallets.unfreeze({ walletId, by: 'staff', reason: 'Found' }, ctx);
  },
  'wallets.close': async () => {
    const { walletId, sending } = await walletHolders();
    await w.flows.wallets.send({ ...sending, amountMinor: 100n }, w.ctx());
    return (ctx) => w.flows.wallets.close({ walletId, by: 'customer' }, ctx);
  },
  'wallets.changeTier': async () => {
    const { walletId } = await walletHolders();
    return (ctx) => w.flows.wallets.changeTier({ walletId, tier: 'plus', reason: 'Passport seen' }, ctx);
  },
  ...tenderCalls(() => w),
  operateSaga: async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    const { id } = await one('SELECT id FROM sagas WHERE order_id = $1', [orderId]);
    return (ctx) => w.flows.operateSaga({ sagaId: String(id), action: 'retry', reason: 'Look again' }, ctx);
  },
};
describe('every verb', () => {
  it.each(Object.keys(CALLS) as Verbs[])('%s leaves an audit row and an event with its actor and trace', async (name) => {
    const call = await CALLS[name]();
    const ctx = w.ctx('other');
    await call(ctx);
    const audits = await w.db.pool.query('SELECT actor, action, entity, entity_id FROM audit_log WHERE trace_id = $1', [
      ctx.traceId,
    ]);
    expect(audits.rows.length).toBeGreaterThan(0);
    for (const row of audits.rows) expect(row).toMatchObject({ actor: ctx.actor, action: expect.stringMatching(/^\w+\.\w+$/) });
    if (UNTOLD.has(name)) return;
    const events = await w.db.pool.query('SELECT actor FROM events WHERE trace_id = $1', [ctx.traceId]);
    expect(events.rows.length).toBeGreaterThan(0);
    expect(new Set(events.rows.map((row) => row.actor))).toEqual(new Set([ctx.actor]));
  });

  it('of the sweep is told in the same way: what is opened again for another card, and what nobody paid in time', async () => {
    const asked = await payable();
    await w.flows.checkouts.pay({ ...asked, paymentToken: 'pm_card_chargeDeclinedInsufficientFunds' }, w.ctx());
    await w.settle();
    await w.flows.checkouts.sweep({ ...w.ctx(), actor: 'system:checkout' });
    w.advanceClock(8 * 86_400_000);
    await w.flows.checkouts.sweep({ ...w.ctx(), actor: 'system:checkout' });
    const { rows } = await w.db.pool.query('SELECT action, actor FROM audit_log WHERE entity_id = $1 ORDER BY id', [
      asked.checkoutId,
    ]);
    expect(rows.map(({ action }) => action)).toEqual([
      'checkout.created',
      'checkout.changed',
      'checkout.paying',
      'checkout.reopened',
      'checkout.expired',
    ]);
    expect(rows.slice(3).map(({ actor }) => actor)).toEqual(['system:checkout', 'system:checkout']);
  });

  it('asked again under its key changes nothing and writes no second audit row', async () => {
    const orderId = await confirmed();
    const [first, again] = [w.ctx(), w.ctx()];
    await w.flows.noteOrder({ orderId, body: 'Once' }, first, 'same');
    await w.flows.noteOrder({ orderId, body: 'Once' }, again, 'same');
    const { rows } = await w.db.pool.query('SELECT trace_id FROM audit_log WHERE entity_id = $1 AND action = $2', [
      orderId,
      'order.noted',
    ]);
    expect(rows).toEqual([{ trace_id: first.traceId }]);
  });
});
