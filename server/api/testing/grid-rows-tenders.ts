import type { ProcedurePath } from '../root.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of gift cards and store credit. */
type Flows = GridWorld['rest']['api']['app']['flows'];
const flows = (w: GridWorld): Flows => w.rest.api.app.flows;

/** A gift card of the tenant, with its code. */
export async function giftCard(w: GridWorld, tenant: Tenant) {
  const wish = { merchantId: w.rest[tenant].id, amountMinor: 5_000n, currency: 'EUR', reason: 'sold' } as const;
  return flows(w).issueGiftCard(wish, w.ctx());
}

/** A customer of the tenant with some credit there. */
async function storeCredit(w: GridWorld, tenant: Tenant) {
  const { customerId } = await w.place(tenant);
  const wish = { merchantId: w.rest[tenant].id, customerId, amountMinor: 5_000n, currency: 'EUR', reason: 'goodwill' } as const;
  return { customerId, ...(await flows(w).issueStoreCredit(wish, w.ctx())) };
}

const REST_ROWS = {
  'v1.giftCards.issue': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: '/gift-cards',
    input: { amount_minor: 2_500, currency: 'EUR', reason: 'sold' },
    other: { amount_minor: 2_600, currency: 'EUR', reason: 'sold' },
  }),
  'v1.giftCards.update': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/gift-cards/${(await giftCard(w, tenant)).id}`,
    input: { status: 'FROZEN', reason: 'Stolen' },
    other: { status: 'VOID', reason: 'Stolen' },
  }),
  'v1.storeCredit.issue': async (w, tenant) => {
    const { customerId: customer_id } = await storeCredit(w, tenant);
    const wish = { customer_id, currency: 'EUR', reason: 'goodwill' };
    return {
      caller: { key: w.rest[tenant].key },
      path: '/store-credit',
      input: { ...wish, amount_minor: 100 },
      other: { ...wish, amount_minor: 200 },
    };
  },
  'v1.storeCredit.deduct': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/store-credit/${(await storeCredit(w, tenant)).id}/deductions`,
    input: { amount_minor: 100, reason: 'Given twice' },
    other: { amount_minor: 200, reason: 'Given twice' },
  }),
  'v1.storeCredit.update': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/store-credit/${(await storeCredit(w, tenant)).id}`,
    input: { status: 'FROZEN', reason: 'Review' },
    other: { status: 'FROZEN', reason: 'Another review' },
  }),
} satisfies Record<string, Row>;

const CONSOLE_ROWS: Partial<Readonly<Record<ProcedurePath, Row>>> = {
  'giftCards.issue': async (w, tenant) => {
    const wish = { merchantId: w.rest[tenant].id, currency: 'EUR', reason: 'sold' };
    const caller = await w.callerOf(tenant, 'giftCards.issue');
    return { caller, input: { ...wish, amountMinor: 2_500 }, other: { ...wish, amountMinor: 2_600 } };
  },
  'giftCards.change': async (w, tenant) => {
    const { id: giftCardId } = await giftCard(w, tenant);
    const caller = await w.callerOf(tenant, 'giftCards.change');
    const wish = { giftCardId, reason: 'Stolen' };
    return { caller, input: { ...wish, action: 'freeze' }, other: { ...wish, action: 'void' } };
  },
  'storeCredit.issue': async (w, tenant) => {
    const { customerId } = await storeCredit(w, tenant);
    const wish = { merchantId: w.rest[tenant].id, customerId, currency: 'EUR', reason: 'goodwill' };
    const caller = await w.callerOf(tenant, 'storeCredit.issue');
    return { caller, input: { ...wish, amountMinor: 100 }, other: { ...wish, amountMinor: 200 } };
  },
  'storeCredit.change': async (w, tenant) => {
    const { id: storeCreditId } = await storeCredit(w, tenant);
    const caller = await w.callerOf(tenant, 'storeCredit.change');
    const wish = { action: 'deduct', storeCreditId, reason: 'Given twice' };
    return { caller, input: { ...wish, amountMinor: 100 }, other: { ...wish, amountMinor: 200 } };
  },
};

export const TENDER_ROWS: Readonly<Record<string, Row>> = { ...REST_ROWS, ...CONSOLE_ROWS };
