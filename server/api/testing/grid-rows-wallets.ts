import { fundWallet } from '../../flows/testing/fund-wallet.ts';
import { newId } from '../../kernel/ids.ts';
import type { ProcedurePath } from '../root.ts';
import type { Caller, GridWorld, Row } from './grid-world.ts';

interface Holder {
  readonly customerId: string;
  readonly email: string;
  readonly walletId: string;
  readonly caller: Caller;
}

const flows = (w: GridWorld) => w.rest.api.app.flows.wallets;

/** Somebody new, signed in. */
async function customer(w: GridWorld): Promise<Omit<Holder, 'walletId'>> {
  const customerId = newId();
  const email = `${customerId}@customer.example`;
  await w.rest.db.pool.query(
    `INSERT INTO customers (id, email, email_normalized, name, guest, created_at) VALUES ($1, $2, $2, 'Carla Rossi', false, now())`,
    [customerId, email],
  );
  return { customerId, email, caller: { cookie: await w.rest.api.signIn('customer', { customerId }) } };
}

/** With a wallet that holds so much. */
export async function holder(w: GridWorld, amountMinor = 0n): Promise<Holder> {
  const who = await customer(w);
  const { id: walletId } = await flows(w).open({ customerId: who.customerId, currency: 'EUR' }, w.ctx());
  if (amountMinor > 0n) await fundWallet(w.rest.db.pool, who.customerId, amountMinor);
  return { ...who, walletId };
}

const between =
  (amountMinor: bigint): Row =>
  async (w) => {
    const [from, to] = [await holder(w, amountMinor), await holder(w)];
    const about = { walletId: from.walletId, to: { email: to.email }, currency: 'EUR' };
    return { caller: from.caller, input: { ...about, amountMinor: 100 }, other: { ...about, amountMinor: 200 } };
  };

/** A request of somebody that the payer has not answered. */
async function asked(w: GridWorld, payer: Holder): Promise<string> {
  const requester = await holder(w);
  const wish = { walletId: requester.walletId, to: { email: payer.email }, amountMinor: 100n, currency: 'EUR' };
  return (await flows(w).request(wish, w.ctx())).requestId;
}

async function second(w: GridWorld, { customerId }: Holder, currency: string): Promise<string> {
  return (await flows(w).open({ customerId, currency }, w.ctx())).id;
}

/** Done to a wallet: another request is about another one of the same person. */
const toOwn =
  (prepare: (w: GridWorld, walletId: string) => Promise<unknown> = async () => {}): Row =>
  async (w) => {
    const who = await holder(w);
    const other = await second(w, who, 'USD');
    for (const id of [who.walletId, other]) await prepare(w, id);
    return { caller: who.caller, input: { walletId: who.walletId }, other: { walletId: other } };
  };

const byStaff =
  (
    procedure: ProcedurePath,
    more: Readonly<Record<string, unknown>> = {},
    prepare: (w: GridWorld, walletId: string) => Promise<unknown> = async () => {},
  ): Row =>
  async (w, tenant) => {
    const { walletId } = await holder(w);
    await prepare(w, walletId);
    const input = { walletId, reason: 'Asked for', ...more };
    return { caller: await w.callerOf(tenant, procedure), input, other: { ...input, reason: 'Another reason' } };
  };

const frozen = (by: 'customer' | 'staff') => (w: GridWorld, walletId: string) =>
  flows(w).freeze({ walletId, by, reason: 'Stolen phone' }, w.ctx());

/** What customers do with their wallets, and staff with those of customers. */
export const WALLET_ROWS: Partial<Readonly<Record<ProcedurePath, Row>>> = {
  'wallet.open': async (w) => ({
    caller: (await customer(w)).caller,
    input: { currency: 'EUR' },
    other: { currency: 'USD' },
  }),
  'wallet.setHandle': async (w) => {
    const { caller, customerId } = await customer(w);
    const handle = `h${customerId.replaceAll('-', '').slice(-20)}`;
    return { caller, input: { handle }, other: { handle: `${handle}_b` } };
  },
  'wallet.send': between(1_000n),
  'wallet.ask': between(0n),
  'wallet.payRequest': async (w) => {
    const payer = await holder(w, 1_000n);
    const [first, another] = [await asked(w, payer), await asked(w, payer)];
    const from = { walletId: payer.walletId };
    return { caller: payer.caller, input: { ...from, requestId: first }, other: { ...from, requestId: another } };
  },
  'wallet.endRequest': async (w) => {
    const payer = await holder(w);
    return { caller: payer.caller, input: { requestId: await asked(w, payer) }, other: { requestId: await asked(w, payer) } };
  },
  'wallet.freeze': toOwn(),
  'wallet.unfreeze': toOwn(frozen('customer')),
  'wallet.close': toOwn(),
  'wallets.freeze': byStaff('wallets.freeze'),
  'wallets.unfreeze': byStaff('wallets.unfreeze', {}, frozen('staff')),
  'wallets.close': byStaff('wallets.close'),
  'wallets.changeTier': byStaff('wallets.changeTier', { tier: 'verified' }),
};
