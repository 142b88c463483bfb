import { newId } from '../../kernel/ids.ts';
import { linkToken } from '../../platform/link-token.ts';
import { addJobs } from '../../platform/queue.ts';
import { readCheckout } from '../../views/checkouts.ts';
import type { ProcedurePath } from '../root.ts';
import { giftCard } from './grid-rows-tenders.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

const ADDRESS = { line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' };
/** Somebody new. */
const customer = () => ({ email: `${newId()}@customer.example`, name: 'Carla Rossi' });

/** An open checkout with everything that paying for it takes. */
async function checkout(w: GridWorld, tenant: Tenant, source: 'shop' | 'console' = 'shop'): Promise<string> {
  const { checkouts } = w.rest.api.app.flows;
  const lines = [{ sku: 'MUG-RED', quantity: 2 }];
  const { id } = await checkouts.create(
    { merchantId: w.rest[tenant].id, source, lines, customer: {}, locale: 'en' },
    w.ctx('system:checkout'),
  );
  await checkouts.update({ checkoutId: id, customer: customer(), shipTo: ADDRESS }, w.ctx('system:checkout'));
  return id;
}

const linkOf = (w: GridWorld, id: string): string => linkToken('pay', id, w.rest.api.app.settings.secret);

async function payable(w: GridWorld, tenant: Tenant) {
  const id = await checkout(w, tenant);
  const { quote, option } = await readCheckout(w.rest.db.pool, id, new Date());
  const chosen = quote?.options.find(({ code }) => code === option);
  return { id, quoteId: quote?.id ?? '', option: option ?? '', totalMinor: BigInt(chosen?.orderTotalMinor ?? 0) };
}

/** What whoever holds the link of a checkout does. The link is part of their key: another checkout's key is another one. */
const PAY_ROWS = {
  'pay.open': async (w, tenant) => {
    const handle = `mug-${w.rest[tenant].id}`;
    return {
      caller: null,
      input: { lines: [{ handle, quantity: 1 }], locale: 'en' },
      other: { lines: [{ handle, quantity: 2 }], locale: 'en' },
    };
  },
  'pay.update': async (w, tenant) => {
    const token = linkOf(w, await checkout(w, tenant));
    return {
      caller: null,
      input: { token, shipTo: { ...ADDRESS, city: 'Hamburg', postalCode: '20095' } },
      other: { token, shipTo: { ...ADDRESS, city: 'Bremen', postalCode: '28195' } },
    };
  },
  'pay.pay': async (w, tenant) => {
    const { id, ...shown } = await payable(w, tenant);
    const wanted = { token: linkOf(w, id), ...shown, paymentToken: 'pm_card_visa' };
    return { caller: null, input: wanted, other: { ...wanted, paymentToken: 'pm_card_mastercard' } };
  },
  'pay.tender': async (w, tenant) => {
    const [card, another] = [await giftCard(w, tenant), await giftCard(w, tenant)];
    const token = linkOf(w, await checkout(w, tenant));
    const using = ({ code }: { code: string }) => ({ token, change: { type: 'gift_card', use: true, code } });
    return { caller: null, input: using(card), other: using(another) };
  },
  'pay.abandon': async (w, tenant) => {
    const { id, ...shown } = await payable(w, tenant);
    const returnUrl = 'https://shop.example/pay/x';
    const paying = { checkoutId: id, ...shown, paymentToken: 'pm_card_visa', returnUrl };
    await w.rest.api.app.flows.checkouts.pay(paying, w.ctx('system:checkout'));
    return { caller: null, input: { token: linkOf(w, id) }, other: null };
  },
  'pay.hold': async (w, tenant) => ({
    caller: null,
    input: { token: linkOf(w, await checkout(w, tenant)) },
    other: null,
  }),
  'pay.letGo': async (w, tenant) => {
    const id = await checkout(w, tenant);
    await w.rest.api.app.flows.checkouts.hold({ checkoutId: id }, w.ctx('system:checkout'));
    return { caller: null, input: { token: linkOf(w, id) }, other: null };
  },
} satisfies Partial<Record<ProcedurePath, Row>>;

const aDraft =
  (procedure: ProcedurePath): Row =>
  async (w, tenant) => ({
    caller: await w.callerOf(tenant, procedure),
    input: { checkoutId: await checkout(w, tenant, 'console') },
    other: { checkoutId: await checkout(w, tenant, 'console') },
  });

const method = (merchantId: string) => ({
  merchantId,
  code: `m-${newId()}`,
  name: 'Courier',
  countries: [],
  postalPrefixes: [],
  basis: 'flat',
  tiers: [{ upTo: null, priceMinor: 490 }],
  minDays: 1,
  maxDays: 2,
  cutoffHour: 14,
  // Quotes of this house are made by the methods that it began with.
  active: false,
  position: 9,
});

/** A job that nobody tries any more. */
async function deadJob(w: GridWorld): Promise<string> {
  await addJobs(w.rest.db.pool, [{ task: 'process-webhook', payload: { webhookId: newId() }, maxAttempts: 1 }]);
  const { rows } = await w.rest.db.pool.query<{ id: string }>(
    `UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE id = (SELECT max(id) FROM graphile_worker._private_jobs) RETURNING id::text`,
  );
  return rows[0]?.id ?? '';
}

/** A delivery that its consumer failed at too often. */
async function deadDelivery(w: GridWorld): Promise<{ eventId: string; consumer: string }> {
  const { id } = await w.allocated('north');
  const { rows } = await w.rest.db.pool.query<{ eventId: string; consumer: string }>(
    `UPDATE event_deliveries SET status = 'dead' WHERE (event_id, consumer) IN (SELECT d.event_id, d.consumer FROM event_deliveries d
       JOIN events e ON e.id = d.event_id WHERE e.aggregate_id = $1 LIMIT 1) RETURNING event_id AS "eventId", consumer`,
    [id],
  );
  const [dead] = rows;
  if (!dead) throw new Error('Nobody is told of this order');
  return dead;
}

/** Checkouts and drafts, the catalogue, customers and the machinery. */
export const SHOP_ROWS: Partial<Readonly<Record<ProcedurePath, Row>>> = {
  ...PAY_ROWS,
  'drafts.create': async (w, tenant) => {
    const draft = { merchantId: w.rest[tenant].id, lines: [{ sku: 'MUG-RED', quantity: 2 }], customer: customer() };
    return {
      caller: await w.callerOf(tenant, 'drafts.create'),
      input: { ...draft, shipTo: ADDRESS },
      other: { ...draft, shipTo: { ...ADDRESS, line1: 'Hauptstr. 6' } },
    };
  },
  'drafts.update': async (w, tenant) => {
    const checkoutId = await checkout(w, tenant, 'console');
    return {
      caller: await w.callerOf(tenant, 'drafts.update'),
      input: { checkoutId, lines: [{ sku: 'MUG-RED', quantity: 3 }] },
      other: { checkoutId, lines: [{ sku: 'MUG-RED', quantity: 4 }] },
    };
  },
  'drafts.cancel': aDraft('drafts.cancel'),
  'drafts.sendLink': aDraft('drafts.sendLink'),

  'products.create': async (w, tenant) => {
    const sku = { merchantId: w.rest[tenant].id, code: `C-${newId()}`, name: 'Blue mug', price: '12.50' };
    return { caller: await w.callerOf(tenant, 'products.create'), input: sku, other: { ...sku, price: '13.50' } };
  },
  'products.edit': async (w, tenant) => {
    const change = { skuId: await w.addSku(tenant, `C-${newId()}`), version: 1n };
    return {
      caller: await w.callerOf(tenant, 'products.edit'),
      input: { ...change, name: 'Bluer mug' },
      other: { ...change, name: 'Bluest mug' },
    };
  },
  'products.importFile': async (w, tenant) => {
    const merchantId = w.rest[tenant].id;
    const csv = `sku,name,price\nF-${newId()},Nine,9\n`;
    return {
      caller: await w.callerOf(tenant, 'products.importFile'),
      input: { merchantId, csv },
      other: { merchantId, csv: `${csv}F-${newId()},Ten,10\n` },
    };
  },
  'gl.save': async (w, tenant) => {
    const { id: merchantId } = w.rest[tenant];
    // The first time, each time: there are fewer kinds of accounts than ways to ask.
    await w.rest.db.ownerPool.query('DELETE FROM gl_accounts WHERE merchant_id = $1', [merchantId]);
    const wanted = { kind: 'goodwill' as const, merchantId, version: 0n };
    const account = { number: '6210', name: 'Goodwill' };
    return {
      caller: await w.callerOf(tenant, 'gl.save'),
      input: { ...wanted, account },
      other: { ...wanted, account: { ...account, number: '6220' } },
    };
  },
  'shippingMethods.save': async (w, tenant) => {
    const wanted = method(w.rest[tenant].id);
    return {
      caller: await w.callerOf(tenant, 'shippingMethods.save'),
      input: wanted,
      other: { ...wanted, tiers: [{ upTo: null, priceMinor: 590 }] },
    };
  },

  'paymentGateways.set': async (w, tenant) => {
    const { id: merchantId } = w.rest[tenant];
    // Nobody has said yet, each time.
    await w.rest.db.ownerPool.query('UPDATE merchants SET payment_gateways = NULL WHERE id = $1', [merchantId]);
    return {
      caller: await w.callerOf(tenant, 'paymentGateways.set'),
      input: { merchantId, gateways: [{ gateway: 'card' }] },
      other: { merchantId, gateways: [{ gateway: 'card', currencies: ['EUR'] }] },
    };
  },

  'invoices.saveProfile': async (w, tenant) => {
    const { id: merchantId } = w.rest[tenant];
    // The first time, each time.
    await w.rest.db.ownerPool.query('DELETE FROM invoice_profiles WHERE merchant_id = $1', [merchantId]);
    const address = { line1: 'Am Markt 1', city: 'Bremen', country: 'DE' };
    const prefix = tenant.slice(0, 4).toUpperCase();
    const profile = { merchantId, legalName: 'Anybody GmbH', taxNumber: 'DE1', prefix, address };
    return {
      caller: await w.callerOf(tenant, 'invoices.saveProfile'),
      input: profile,
      other: { ...profile, taxNumber: 'DE2' },
    };
  },

  'customers.edit': async (w, tenant) => {
    const { customerId } = await w.place(tenant);
    const change = { customerId, version: await w.customerVersion(customerId) };
    return {
      caller: await w.callerOf(tenant, 'customers.edit'),
      input: { ...change, name: 'Carla Bianchi' },
      other: { ...change, name: 'Carla Verdi' },
    };
  },
  'customers.note': async (w, tenant) => {
    const { customerId } = await w.place(tenant);
    return {
      caller: await w.callerOf(tenant, 'customers.note'),
      input: { customerId, body: 'Called' },
      other: { customerId, body: 'Called twice' },
    };
  },

  'jobs.retry': async (w, tenant) => {
    const jobIds = [await deadJob(w)];
    return {
      caller: await w.callerOf(tenant, 'jobs.retry'),
      input: { jobIds, reason: 'The cause is gone' },
      other: { jobIds, reason: 'Just so' },
    };
  },
  'jobs.retryDelivery': async (w, tenant) => {
    const deliveries = [await deadDelivery(w)];
    return {
      caller: await w.callerOf(tenant, 'jobs.retryDelivery'),
      input: { deliveries, reason: 'The cause is gone' },
      other: { deliveries, reason: 'Just so' },
    };
  },
};
