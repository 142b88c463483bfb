import { planTransfers } from '../../server/domains/ledger/rules.ts';
import { chart } from '../../server/domains/ledger/schema.ts';
import * as ledger from '../../server/domains/ledger/service.ts';
import { newId } from '../../server/kernel/ids.ts';
import { DEMO_USERS } from '../../server/platform/auth/demo-users.ts';
import { withTx } from '../../server/platform/db.ts';
import { forgetLocks } from '../../server/platform/locks.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;
/** Beside the demo's two customers who can sign in. */
const OTHERS = 8;

interface Holder {
  readonly customerId: string;
  readonly email: string;
  readonly wallets: Map<string, string>;
}

/** Who sends whom what, how many days ago, and what for. Numbers are places in the list of holders: 0 is Carla, 1 her friend. */
const SENT: readonly (readonly [from: number, to: number, minor: number, daysAgo: number, note: string])[] = [
  [0, 1, 2_450, 18, 'Pizza on Friday'],
  [1, 0, 1_200, 16, 'Train tickets'],
  [2, 0, 3_990, 12, 'Concert'],
  [0, 3, 6_500, 9, 'Present for Mum'],
  [1, 0, 850, 6, 'Coffee'],
  [4, 5, 12_000, 5, 'Rent, my share'],
  [0, 1, 1_899, 3, 'Tent pegs'],
  [6, 0, 2_500, 2, 'Thanks for the lift'],
  [0, 7, 4_200, 1, 'Climbing hall'],
  [1, 0, 1_575, 0, 'Lunch'],
];

/** Who asks whom; nobody has answered yet. */
const ASKED: readonly (readonly [from: number, of: number, minor: number, note: string])[] = [
  [1, 0, 1_640, 'Cinema tickets'],
  [3, 0, 750, 'Bread and cheese'],
  [0, 2, 2_200, 'Your part of the present'],
];

/**
 * Wallets with money, transfers among friends and open requests, by the same flows that people use, under keys of their own: a second
 * run repeats nothing. The first money comes from the bank.
 */
export async function giveWallets(stage: Stage): Promise<void> {
  const now = new Date();
  const started = new Date(now.getTime() - 21 * DAY_MS);
  const holders = await findHolders(stage);
  for (const [index, holder] of holders.entries()) {
    await open(stage, holder, 'EUR', started);
    await fund(stage, holder, 'EUR', BigInt(12_000 + ((index * 7_919) % 23_000)), new Date(started.getTime() + DAY_MS));
  }
  const [carla, friend] = holders;
  if (!carla || !friend) return;
  await open(stage, carla, 'USD', started);
  await fund(stage, carla, 'USD', 6_400n, new Date(started.getTime() + 2 * DAY_MS));
  for (const [holder, handle] of [
    [carla, 'carla'],
    [friend, 'ben'],
  ] as const) {
    const ctx = contextOf(stage, `customer:${holder.customerId}`, started);
    await stage.time.at(started, () =>
      stage.flows.wallets.setHandle({ customerId: holder.customerId, handle }, ctx, `handle:${handle}`),
    );
  }
  for (const [place, [from, to, minor, daysAgo, note]] of SENT.entries()) {
    const at = new Date(now.getTime() - daysAgo * DAY_MS - (place + 1) * 60_000);
    await between(stage, holders[from], holders[to], at, (wish, ctx) =>
      stage.flows.wallets.send({ ...wish, note, amountMinor: BigInt(minor) }, ctx, `sent:${place}`),
    );
  }
  for (const [place, [from, to, minor, note]] of ASKED.entries()) {
    const at = new Date(now.getTime() - (place + 1) * 5 * 3_600_000);
    await between(stage, holders[from], holders[to], at, (wish, ctx) =>
      stage.flows.wallets.request({ ...wish, note, amountMinor: BigInt(minor) }, ctx, `asked:${place}`),
    );
  }
  await freezeOne(stage, holders.at(-1), new Date(now.getTime() - DAY_MS));
}

async function findHolders({ pool }: Stage): Promise<Holder[]> {
  const demo = DEMO_USERS.filter((user) => user.role === 'customer').map((user) => user.email);
  const { rows } = await pool.query<{ customerId: string; email: string }>(
    `SELECT id AS "customerId", email FROM customers WHERE email IS NOT NULL
     ORDER BY array_position($1::text[], email), created_at, id LIMIT $2`,
    [demo, demo.length + OTHERS],
  );
  return rows.map((row) => ({ ...row, wallets: new Map() }));
}

async function open(stage: Stage, holder: Holder, currency: string, at: Date): Promise<void> {
  const { customerId } = holder;
  const ctx = contextOf(stage, `customer:${customerId}`, at);
  const { id } = await stage.time.at(at, () => stage.flows.wallets.open({ customerId, currency }, ctx, `open:${currency}`));
  holder.wallets.set(currency, id);
}

async function fund(stage: Stage, { customerId }: Holder, currency: string, amountMinor: bigint, at: Date): Promise<void> {
  const ctx = contextOf(stage, 'system:seed', at);
  const [bank, wallet] = [chart.bankClearing(currency), chart.wallet(customerId, currency)];
  await withTx(stage.pool, async (tx) => {
    forgetLocks(tx);
    const books = await ledger.lock(tx, { home: stage.home, accounts: [bank, wallet], holds: [], now: at });
    // Somebody whose account has a history was given the money by a run before this one.
    if ((books.accounts.get(wallet.code)?.version ?? 0n) > 0n) return;
    const move = { id: newId(), kind: 'top_up', phase: 'single', amountMinor, currency, orderId: null, paymentId: null } as const;
    ledger.post(books, planTransfers(books, [{ ...move, debit: bank.code, credit: wallet.code }]), ctx);
    await ledger.write(tx, books);
  });
}

interface Wish {
  readonly walletId: string;
  readonly to: { readonly email: string };
  readonly currency: string;
}

async function between(
  stage: Stage,
  from: Holder | undefined,
  to: Holder | undefined,
  at: Date,
  act: (wish: Wish, ctx: ReturnType<typeof contextOf>) => Promise<unknown>,
): Promise<void> {
  const walletId = from?.wallets.get('EUR');
  if (!from || !to || !walletId) return;
  const ctx = contextOf(stage, `customer:${from.customerId}`, at);
  await stage.time.at(at, () => act({ walletId, to: { email: to.email }, currency: 'EUR' }, ctx));
}

/** So that the console has one to look after. */
async function freezeOne(stage: Stage, holder: Holder | undefined, at: Date): Promise<void> {
  const walletId = holder?.wallets.get('EUR');
  if (!walletId) return;
  const ctx = contextOf(stage, 'system:seed', at);
  const wish = { walletId, by: 'staff', reason: 'Three new devices in one night' } as const;
  await stage.time.at(at, () => stage.flows.wallets.freeze(wish, ctx, 'freeze:demo'));
}
