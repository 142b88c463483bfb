import { chart } from '../../domains/ledger/schema.ts';
import { moveBetween } from '../../flows/testing/fund-wallet.ts';
import { newId } from '../../kernel/ids.ts';
import type { ProcedurePath } from '../root.ts';
import { holder } from './grid-rows-wallets.ts';
import type { GridWorld, Row } from './grid-world.ts';

const DAY_MS = 86_400_000;
let days = 0;

/** A day that no other row has read. */
function anotherDay(): string {
  days += 1;
  return new Date(Date.parse('2020-01-01T00:00:00Z') + days * DAY_MS).toISOString().slice(0, 10);
}

/** A difference that nobody has looked at. */
async function difference(w: GridWorld): Promise<string> {
  const id = newId();
  await w.rest.db.pool.query(
    `INSERT INTO reconciliation_items (id, provider, key, run_id, kind, status, booking, external_id, reference, currency, theirs_minor,
       ours_minor, occurred_at, seen_at)
     VALUES ($1, 'card', $2, $1, 'missing_here', 'open', 'charge', $2, $2, 'EUR', 100, 0, now(), now())`,
    [id, `txn_${id}`],
  );
  return id;
}

const IBAN = 'DE89370400440532013000';

async function bankAccount(w: GridWorld, owner: { customerId: string } | { merchantId: string }): Promise<string> {
  return (await w.rest.api.app.flows.rails.addBankAccount({ owner, iban: IBAN, holder: 'Carla Rossi' }, w.ctx())).id;
}

/** A transfer that named nobody. */
async function inSuspense(w: GridWorld): Promise<string> {
  const bankRef = `pi_${newId()}`;
  await w.rest.db.pool.query(
    `INSERT INTO bank_pay_ins (bank_ref, home, written, currency, amount_minor, state, booked, why, first_at, changed_at)
     VALUES ($1, 'EU', 'for Carla', 'EUR', 100, 'settled', 'suspense', 'unknown_reference', now(), now())`,
    [bankRef],
  );
  await moveBetween(w.rest.db.pool, chart.bankClearing('EUR'), chart.suspense('EUR'), 100n, 'pay_in_unknown', bankRef);
  return bankRef;
}

/** Money at the edges of the house. */
export const MONEY_ROWS: Readonly<Partial<Record<ProcedurePath, Row>>> = {
  'reconciliation.start': async (w, tenant) => {
    const [day, other] = [anotherDay(), anotherDay()];
    return {
      caller: await w.callerOf(tenant, 'reconciliation.start'),
      input: { provider: 'card', from: day, to: day },
      other: { provider: 'card', from: other, to: other },
    };
  },
  'reconciliation.resolve': async (w, tenant) => {
    const itemId = await difference(w);
    return {
      caller: await w.callerOf(tenant, 'reconciliation.resolve'),
      input: { itemId, resolution: 'explain', note: 'Known to both' },
      other: { itemId, resolution: 'write_off', note: 'Known to nobody' },
    };
  },
  'rails.addBankAccount': async (w) => {
    const { caller } = await holder(w);
    return { caller, input: { iban: IBAN, holder: 'Carla Rossi' }, other: { iban: IBAN, holder: 'Carlo Rossi' } };
  },
  'payouts.addAccount': async (w, tenant) => {
    const account = { merchantId: w.rest[tenant].id, iban: IBAN, holder: 'North' };
    return { caller: await w.callerOf(tenant, 'payouts.addAccount'), input: account, other: { ...account, holder: 'South' } };
  },
  'payouts.pay': async (w, tenant) => {
    const { id: merchantId } = w.rest[tenant];
    await w.shipped(tenant);
    const input = { merchantId, bankAccountId: await bankAccount(w, { merchantId }), currency: 'EUR', amountMinor: 5 };
    return { caller: await w.callerOf(tenant, 'payouts.pay'), input, other: { ...input, amountMinor: 6 } };
  },
  'payouts.assignPayIn': async (w, tenant) => {
    const { walletId } = await holder(w);
    // Accounts are made by whoever needs them first, which is not the operation's own effect.
    await w.rest.api.app.flows.rails.assignPayIn({ bankRef: await inSuspense(w), walletId, note: 'Hers' }, w.ctx());
    const input = { bankRef: await inSuspense(w), walletId, note: 'She called' };
    return { caller: await w.callerOf(tenant, 'payouts.assignPayIn'), input, other: { ...input, note: 'He called' } };
  },
  'rails.topUpByCard': async (w) => {
    const { walletId, caller } = await holder(w);
    const input = { walletId, amountMinor: 500, token: 'pm_card_visa' };
    return { caller, input, other: { ...input, amountMinor: 600 } };
  },
  'rails.topUpByBank': async (w) => {
    const { walletId, caller } = await holder(w);
    return { caller, input: { walletId, amountMinor: 500 }, other: { walletId, amountMinor: 600 } };
  },
  'rails.withdraw': async (w) => {
    const { walletId, caller, customerId } = await holder(w, 2_000n);
    const bankAccountId = await bankAccount(w, { customerId });
    const input = { walletId, bankAccountId, amountMinor: 500 };
    return { caller, input, other: { ...input, amountMinor: 600 } };
  },
  'rails.removeBankAccount': async (w) => {
    const { caller, customerId } = await holder(w);
    const [one, other] = [await bankAccount(w, { customerId }), await bankAccount(w, { customerId })];
    return { caller, input: { bankAccountId: one }, other: { bankAccountId: other } };
  },
};
