import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { SuperJSON } from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart } from '../domains/ledger/schema.ts';
import { accountId } from '../domains/ledger/service.ts';
import { fundWallet, moveBetween } from '../flows/testing/fund-wallet.ts';
import { newId } from '../kernel/ids.ts';
import { createPool } from '../platform/db.ts';
import { writeEvidence } from '../testing/evidence.ts';
import type { WalletBalance } from '../views/wallet-balance.ts';
import { type RestWorld, restWorld } from './public/testing/rest-world.ts';
import type { ApiUnderTest } from './testing/api-under-test.ts';

/**
 * What a reader of a balance asks for, and gets, of another process than the one that moved the money (docs/consistency.md). A deep run
 * measures what each level costs and how old its answers are.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const MAX_AGE_MS = 2_000;
/** For each level of the deep run. */
const SECONDS = 10;

let world: RestWorld;
let elsewhere: ApiUnderTest;
let closePool = async (): Promise<void> => {};
beforeAll(async () => {
  world = await restWorld({ jobs: false });
  const pool = createPool({ connectionString: world.db.url, name: 'elsewhere' });
  closePool = () => pool.end();
  elsewhere = await world.another(pool);
});
afterAll(async () => {
  await elsewhere?.stop();
  await closePool();
  await world?.close();
});

interface Holder {
  readonly email: string;
  readonly walletId: string;
  readonly cookie: string;
}

async function holder(amountMinor: bigint): Promise<Holder> {
  const customerId = newId();
  const email = `${customerId}@customer.example`;
  const text = 'INSERT INTO customers (id, email, email_normalized, guest, created_at) VALUES ($1, $2, $2, false, now())';
  await world.db.pool.query(text, [customerId, email]);
  const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
  const { id: walletId } = await world.api.app.flows.wallets.open({ customerId, currency: 'EUR' }, ctx);
  await fundWallet(world.db.pool, customerId, amountMinor);
  return { email, walletId, cookie: await world.api.signIn('customer', { customerId }) };
}

type Level = 'strong' | 'eventual' | { readonly atLeast: bigint };
type Answer = { readonly status: number; readonly code?: string; readonly data: WalletBalance };

/** Asks the other process, as the customer's page does. */
async function look({ walletId, cookie }: Holder, consistency?: Level): Promise<Answer> {
  const input = JSON.stringify(SuperJSON.serialize({ walletId, ...(consistency ? { consistency } : {}) }));
  const response = await fetch(`${elsewhere.url}/api/trpc/wallet.balance?input=${encodeURIComponent(input)}`, {
    headers: { cookie },
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer holds, and fails where it does not.
  const body: any = await response.json();
  if (!response.ok) return { status: response.status, code: body.error.json.data.domain.code, data: body };
  return { status: response.status, data: SuperJSON.deserialize(body.result.data) };
}

/** Sends a cent in the first process; returns the version that it answers. */
async function spend(from: Holder, to: Holder): Promise<bigint> {
  const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
  const wish = { walletId: from.walletId, to: { email: to.email }, amountMinor: 1n, currency: 'EUR' };
  return BigInt((await world.api.app.flows.wallets.send(wish, ctx)).accountVersion);
}

describe('a wallet’s balance', () => {
  it('read strongly, or at least at the version that was answered, is never older than the answer of another process', async () => {
    const [ana, ben] = [await holder(1_000n), await holder(1n)];
    for (let round = 1; round <= 10; round++) {
      const version = await spend(ana, ben);
      const expected = { version, balanceMinor: 1_000n - BigInt(round), lagMs: 0 };
      expect((await look(ana)).data).toMatchObject(expected);
      expect((await look(ana, { atLeast: version })).data).toMatchObject(expected);
    }
  });

  it('read eventually says how old it is, is no older than two seconds, and decides no debit', async () => {
    const [ana, ben] = [await holder(100n), await holder(1n)];
    let first: WalletBalance;
    let remembered: WalletBalance;
    // On a machine that is busy two seconds may pass before it is asked again: then it asks anew, and so does this.
    do {
      first = (await look(ana, 'strong')).data;
      await spend(ana, ben);
      await pause(30);
      remembered = (await look(ana, 'eventual')).data;
    } while (remembered.version !== first.version);
    expect(remembered).toMatchObject({ version: first.version, balanceMinor: first.balanceMinor });
    expect(remembered.lagMs).toBeGreaterThanOrEqual(30);
    expect(remembered.lagMs).toBeLessThanOrEqual(MAX_AGE_MS);
    const newest = await spend(ana, ben);
    const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
    // What the memory of this process says is there, and is not any more.
    const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: remembered.balanceMinor, currency: 'EUR' };
    await expect(elsewhere.app.flows.wallets.send(wish, ctx)).rejects.toMatchObject({ code: 'insufficient_funds' });
    await pause(MAX_AGE_MS + 20);
    expect((await look(ana, 'eventual')).data).toMatchObject({ version: newest });
  });

  it('at a version that nobody has made is refused, in a while, and somebody else’s is not there at any level', async () => {
    const [ana, eve] = [await holder(5n), await holder(5n)];
    expect(await look(ana, { atLeast: 1_000n })).toMatchObject({ status: 409, code: 'version_not_reached' });
    await look(ana, 'eventual');
    for (const level of ['strong', 'eventual', { atLeast: 1n }] as const)
      expect(await look({ ...ana, cookie: eve.cookie }, level)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('an account’s balance over REST', () => {
  it('takes the same levels, says as of when it is, and takes none for the past', async () => {
    const { id } = world.north;
    const [receivable, payable] = [chart.receivable(id, 'EUR'), chart.merchantPayable(id, 'EUR')];
    const post = () => moveBetween(world.db.pool, receivable, payable, 500n, 'sale');
    const path = `/ledger/accounts/${accountId(payable.code)}/balance`;
    const there = (query = '') => world.send('GET', `${path}${query}`, { at: elsewhere.url });
    const before = await post();
    const eventual = (await there('?consistency=EVENTUAL')).json;
    const version = await post();
    expect((await there()).json).toMatchObject({
      version: Number(version),
      balance_minor: eventual.balance_minor + 500,
      lag_ms: 0,
    });
    expect((await there(`?at_least_version=${version}`)).json).toMatchObject({ version: Number(version), lag_ms: 0 });
    expect((await there('?consistency=EVENTUAL')).json.version).toBeGreaterThanOrEqual(Number(before));
    expect((await there(`?version=${before}`)).json).toMatchObject({ balance_minor: eventual.balance_minor, as_of: null });
    expect((await there(`?version=${before}&consistency=STRONG`)).json).toMatchObject({ code: 'invalid_request' });
    expect((await there(`?at_least_version=${version + 1_000n}`)).json).toMatchObject({ code: 'version_not_reached' });
    const foreign = await world.send('GET', `${path}?consistency=EVENTUAL`, { at: elsewhere.url, key: world.south.key });
    expect(foreign.json).toMatchObject({ code: 'not_found' });
  });
});

it.runIf(DEEP)('measures what each level costs and how old its answers are', { timeout: 120_000 }, async () => {
  const [ana, ben] = [await holder(200_000n), await holder(1n)];
  const rows: string[][] = [];
  for (const name of ['strong', 'at least', 'eventual'] as const) {
    const took: number[] = [];
    const behind: number[] = [];
    const committed: { readonly version: bigint; readonly at: number }[] = [];
    const end = performance.now() + SECONDS * 1_000;
    const writer = (async () => {
      while (performance.now() < end) {
        committed.push({ version: await spend(ana, ben), at: performance.now() });
        await pause(5);
      }
    })();
    await pause(100);
    while (performance.now() < end) {
      const newest = committed.at(-1)?.version ?? 0n;
      const began = performance.now();
      const { data } = await look(ana, name === 'at least' ? { atLeast: newest } : name);
      took.push(performance.now() - began);
      // How long what was answered has no longer been the newest: since the first version after it was acknowledged.
      const missed = committed.find(({ version, at }) => version > data.version && at < began);
      behind.push(missed ? began - missed.at : 0);
    }
    await writer;
    const at = (values: number[], share: number): string =>
      (values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0).toFixed(1);
    rows.push([name, String(took.length), at(took, 0.5), at(took, 0.99), at(behind, 0.5), at(behind, 0.99), at(behind, 1)]);
  }
  writeEvidence('consistency', {
    title: 'What a level of consistency costs',
    what: 'One reader asks one of two API servers, which share a program and a database, for a wallet’s balance over HTTP, while the other one sends from that wallet again and again. `WAYBILL_DEEP=1 npx vitest run server/api/consistency-levels.test.ts`.',
    figures: [['seconds for each level', SECONDS]],
    table: {
      head: ['level', 'reads', 'p50 ms', 'p99 ms', 'stale p50 ms', 'stale p99 ms', 'stale at most ms'],
      rows,
    },
    notes: ['Stale: how long, when the question was sent, a newer version had been acknowledged than the one that was answered.'],
  });
});
