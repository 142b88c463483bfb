import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { runVerb } from '../../platform/verb.ts';
import { refused, type WalletHouse, walletHouse } from '../testing/wallet-house.ts';
import { sendMoney } from './send-money.ts';

let house: WalletHouse;
beforeAll(async () => {
  house = await walletHouse();
});
afterAll(() => house.close());

const send = (
  from: { walletId: string; ctx: () => ReturnType<WalletHouse['staff']> },
  to: object,
  amountMinor: bigint,
  key?: string,
) =>
  house.flows.wallets.send(
    { walletId: from.walletId, to: to as { email: string }, amountMinor, currency: 'EUR' },
    from.ctx(),
    key,
  );

describe('opening', () => {
  it('twice, even at once and from two processes, opens one wallet', async () => {
    const ana = await house.customer('opens');
    const other = house.again();
    const wish = { customerId: ana.customerId, currency: 'EUR' };
    const all = await Promise.all([
      house.flows.wallets.open(wish, ana.ctx()),
      house.flows.wallets.open(wish, ana.ctx()),
      other.wallets.open(wish, ana.ctx()),
      house.flows.wallets.open({ ...wish, currency: 'USD' }, ana.ctx()),
    ]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(2);
    expect(all.filter(({ opened }) => opened)).toHaveLength(2);
  });

  it('is refused in a currency that has no limits, and makes no account in it', async () => {
    const ana = await house.customer('seldom');
    expect(await refused(house.flows.wallets.open({ customerId: ana.customerId, currency: 'KWD' }, ana.ctx()))).toMatchObject({
      code: 'currency_mismatch',
      data: { currencies: ['CHF', 'EUR', 'GBP', 'JPY', 'USD'] },
    });
    const { rowCount } = await house.db.pool.query('SELECT FROM accounts WHERE customer_id = $1', [ana.customerId]);
    expect(rowCount).toBe(0);
  });
});

describe('sending', () => {
  it('by e-mail address or handle moves the money once, also when it is asked twice', async () => {
    const [ana, ben] = [await house.holder('ana', 5_000n), await house.holder('ben')];
    await house.flows.wallets.setHandle({ customerId: ben.customerId, handle: 'ben' }, ben.ctx());
    const key = newId();
    const [first, second] = await Promise.all([
      send(ana, { email: ' BEN@customer.example' }, 700n, key),
      send(ana, { email: ' BEN@customer.example' }, 700n, key),
    ]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ amountMinor: 700, balanceMinor: 4_300 });
    expect(await send(ana, { email: ' BEN@customer.example' }, 700n, key)).toEqual(first);
    await send(ana, { handle: 'ben' }, 50n);
    expect([await house.balance(ana), await house.balance(ben)]).toEqual([4_250n, 750n]);
  });

  it('to nobody, to a customer without a wallet, to a frozen or a full one is the same refusal', async () => {
    const ana = await house.holder('carla', 100_000n);
    const full = await house.holder('full', 249_999n);
    const frozen = await house.holder('frozen');
    await house.flows.wallets.freeze({ walletId: frozen.walletId, by: 'staff', reason: 'Stolen phone' }, house.staff());
    const without = await house.customer('without');
    const answers = await Promise.all(
      [{ email: 'nobody@customer.example' }, { handle: 'nobody' }, without, full, frozen].map((to) =>
        send(ana, 'handle' in to ? to : { email: to.email }, 100n).catch((error: Error) => error.message),
      ),
    );
    expect(new Set(answers)).toEqual(
      new Set(['Nobody can be paid EUR under this address right now. Check it, or ask them to open a EUR wallet.']),
    );
    expect(await refused(send(ana, { email: ana.email }, 100n))).toMatchObject({ code: 'invalid_request' });
    expect(await house.balance(ana)).toBe(100_000n);
  });

  it('more than a limit says which, how much is used and left, and when it is free again', async () => {
    house.setClock(new Date('2031-03-31T21:00:00Z'));
    const [ana, ben] = [await house.holder('dora', 200_000n), await house.holder('emil')];
    await send(ana, { email: ben.email }, 25_000n);
    await send(ana, { email: ben.email }, 20_000n);
    expect(await refused(send(ana, { email: ben.email }, 5_001n))).toEqual({
      code: 'limit_exceeded',
      data: {
        limit: 'per_day',
        tier: 'basic',
        currency: 'EUR',
        limitMinor: 50_000,
        usedMinor: 45_000,
        leftMinor: 5_000,
        resetsAt: '2031-04-01T00:00:00.000Z',
      },
    });
    house.setClock(new Date('2031-04-01T00:00:01Z'));
    await send(ana, { email: ben.email }, 5_001n);
    await house.flows.wallets.changeTier({ walletId: ana.walletId, tier: 'verified', reason: 'Passport seen' }, house.staff());
    await send(ana, { email: ben.email }, 100_000n);
    const { rows } = await house.db.pool.query('SELECT day::text, day_out_minor, month_out_minor FROM wallets WHERE id = $1', [
      ana.walletId,
    ]);
    expect(rows).toEqual([{ day: '2031-04-01', day_out_minor: 105_001n, month_out_minor: 105_001n }]);
  });
});

describe('many at once', () => {
  it('send both ways over several lanes without a deadlock, and no cent is made or lost', async () => {
    const houses = [house.flows, house.again(), house.again()];
    const people = await Promise.all(['p1', 'p2', 'p3', 'p4'].map((name) => house.holder(name, 10_000n)));
    const before = await house.db.pool.query<{ deadlocks: bigint }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    const wishes = Array.from({ length: 240 }, (_, index) => {
      const [from, to] = [people[index % 4], people[(index + 1 + (index % 3)) % 4]];
      if (!from || !to) throw new Error('There are four people');
      const flows = houses[index % 3] as typeof house.flows;
      const wish = { walletId: from.walletId, to: { email: to.email }, amountMinor: BigInt(1 + (index % 90)), currency: 'EUR' };
      return flows.wallets.send(wish, from.ctx());
    });
    const results = await Promise.allSettled(wishes);
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    const sums = await Promise.all(people.map((one) => house.balance(one)));
    expect(sums.reduce((sum, one) => sum + one, 0n)).toBe(40_000n);
    const { rows } = await house.db.pool.query<{ deadlocks: bigint }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(rows).toEqual(before.rows);
  });

  it('never spend more than a limit allows, nor than there is', async () => {
    house.setClock(new Date('2032-05-10T12:00:00Z'));
    const other = house.again();
    const [rich, poor, friend] = [
      await house.holder('rich', 200_000n),
      await house.holder('poor', 1_000n),
      await house.holder('friend'),
    ];
    const attempt = (from: typeof rich, amountMinor: bigint, index: number) =>
      (index % 2 ? other : house.flows).wallets.send(
        { walletId: from.walletId, to: { email: friend.email }, amountMinor, currency: 'EUR' },
        from.ctx(),
      );
    const codes = async (work: Promise<unknown>[]) => {
      const seen = await Promise.all(work.map((one) => refused(one)));
      return Object.fromEntries(
        [...new Set(seen.map(({ code }) => code))].map((code) => [code, seen.filter((one) => one.code === code).length]),
      );
    };
    expect(await codes(Array.from({ length: 20 }, (_, index) => attempt(rich, 7_000n, index)))).toEqual({
      none: 7,
      limit_exceeded: 13,
    });
    expect(await codes(Array.from({ length: 20 }, (_, index) => attempt(poor, 300n, index)))).toEqual({
      none: 3,
      insufficient_funds: 17,
    });
    expect(await house.balance(friend)).toBe(49_900n);
  });
});

describe('a request for money', () => {
  const ask = async (
    from: { walletId: string; ctx: () => ReturnType<WalletHouse['staff']> },
    to: { email: string },
    amountMinor = 500n,
  ) =>
    house.flows.wallets.request(
      { walletId: from.walletId, to: { email: to.email }, amountMinor, currency: 'EUR', note: 'Dinner' },
      from.ctx(),
    );
  const pay = (
    flows: typeof house.flows,
    requestId: string,
    by: { walletId: string; ctx: () => ReturnType<WalletHouse['staff']> },
  ) => flows.wallets.payRequest({ requestId, walletId: by.walletId }, by.ctx());

  it('paid twice at once is paid once', async () => {
    const [ana, ben] = [await house.holder('asks'), await house.holder('pays', 5_000n)];
    const { requestId } = await ask(ana, ben);
    const answers = await Promise.all(
      [house.flows, house.again(), house.again()].map((flows) => refused(pay(flows, requestId, ben))),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual(['none', 'state_refuses', 'state_refuses']);
    expect([await house.balance(ana), await house.balance(ben)]).toEqual([500n, 4_500n]);
    const { rows } = await house.db.pool.query(
      `SELECT r.status, t.amount_minor, w.note FROM money_requests r JOIN transfers t ON t.id = r.transfer_id
       JOIN wallet_transfers w ON w.id = t.id AND w.request_id = r.id WHERE r.id = $1`,
      [requestId],
    );
    expect(rows).toEqual([{ status: 'paid', amount_minor: 500n, note: 'Dinner' }]);
  });

  it('is paid or has expired, never both, however the sweep and the payer race', async () => {
    house.setClock(new Date('2033-01-01T00:00:00Z'));
    const [ana, ben] = [await house.holder('asks2'), await house.holder('pays2', 5_000n)];
    const asked = await Promise.all([ask(ana, ben), ask(ana, ben)]);
    const expiring = { ...house.staff(), now: new Date(house.clock().getTime() + 14 * 86_400_000) };
    const late = await Promise.all(
      asked.flatMap(({ requestId }) => [refused(pay(house.flows, requestId, ben)), house.flows.wallets.expireRequests(expiring)]),
    );
    const { rows } = await house.db.pool.query<{ status: string; paid: boolean }>(
      'SELECT status, transfer_id IS NOT NULL AS paid FROM money_requests WHERE id = ANY($1)',
      [asked.map(({ requestId }) => requestId)],
    );
    expect(rows.every(({ status, paid }) => (status === 'paid') === paid && status !== 'open')).toBe(true);
    expect(await house.balance(ana)).toBe(500n * BigInt(rows.filter(({ paid }) => paid).length));
    expect(late.length).toBe(4);
    const { requestId } = await ask(ana, ben);
    house.setClock(new Date(expiring.now.getTime() + 60_000));
    expect(await refused(pay(house.flows, requestId, ben))).toMatchObject({ code: 'state_refuses', data: { status: 'expired' } });
  });

  it('is paid by who was asked and nobody else; declined or withdrawn it is over', async () => {
    const [ana, ben, eve] = [await house.holder('asks3'), await house.holder('pays3', 900n), await house.holder('eve', 900n)];
    const [first, second] = [await ask(ana, ben), await ask(ana, ben)];
    expect(await refused(pay(house.flows, first.requestId, eve))).toMatchObject({ code: 'not_found' });
    await house.flows.wallets.endRequest({ requestId: first.requestId, how: 'declined' }, ben.ctx());
    await house.flows.wallets.endRequest({ requestId: second.requestId, how: 'cancelled' }, ana.ctx());
    for (const { requestId } of [first, second])
      expect((await refused(pay(house.flows, requestId, ben))).code).toBe('state_refuses');
    expect(await house.balance(ana)).toBe(0n);
  });

  it('of one person is made three times and then waits for an answer, also when all are made at once', async () => {
    const [ana, ben] = [await house.holder('pesters'), await house.holder('pestered')];
    const other = house.again();
    const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 1n, currency: 'EUR' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => refused((index % 2 ? other : house.flows).wallets.request(wish, ana.ctx()))),
    );
    expect(answers.filter(({ code }) => code === 'none')).toHaveLength(3);
    expect(answers.find(({ code }) => code !== 'none')).toMatchObject({
      code: 'limit_exceeded',
      data: { limit: 'open_requests_of_one' },
    });
  });
});

describe('a wallet', () => {
  it('that is frozen spends nothing, until whoever may unfreezes it', async () => {
    const [ana, ben] = [await house.holder('freezes', 500n), await house.holder('receives')];
    await house.flows.wallets.freeze({ walletId: ana.walletId, by: 'customer' }, ana.ctx());
    expect(await refused(send(ana, { email: ben.email }, 1n))).toMatchObject({ code: 'account_frozen' });
    await house.flows.wallets.freeze({ walletId: ana.walletId, by: 'staff', reason: 'Looks odd' }, house.staff());
    expect(await refused(house.flows.wallets.unfreeze({ walletId: ana.walletId, by: 'customer' }, ana.ctx()))).toMatchObject({
      code: 'state_refuses',
    });
    expect(await refused(house.flows.wallets.unfreeze({ walletId: ana.walletId, by: 'staff' }, house.staff()))).toMatchObject({
      code: 'invalid_request',
    });
    await house.flows.wallets.unfreeze({ walletId: ana.walletId, by: 'staff', reason: 'It was her' }, house.staff());
    await send(ana, { email: ben.email }, 1n);
  });

  it('that owes money spends nothing, not even what is topped up below the debt', async () => {
    const [ana, ben] = [await house.holder('owes', 300n), await house.holder('lender')];
    const account = `wallet:${ana.customerId}:EUR`;
    // As a chargeback leaves it: forced below nothing, with the overdraft that allows it.
    await house.db.pool.query(
      'UPDATE accounts SET overdraft_minor = 1000, debits_posted = debits_posted + 1000 WHERE code = $1',
      [account],
    );
    expect(await refused(send(ana, { email: ben.email }, 1n))).toMatchObject({
      code: 'wallet_negative',
      data: { owedMinor: 700 },
    });
    await house.fund(ana, 800n);
    expect(await refused(send(ana, { email: ben.email }, 101n))).toMatchObject({
      code: 'insufficient_funds',
      data: { spendableMinor: 100 },
    });
    await house.db.pool.query('UPDATE accounts SET debits_posted = debits_posted - 1000 WHERE code = $1', [account]);
  });

  it('closes when it is empty, is gone for everybody, and opens again on the same account', async () => {
    const [ana, ben] = [await house.holder('closes', 500n), await house.holder('stays')];
    const close = () => house.flows.wallets.close({ walletId: ana.walletId, by: 'customer' }, ana.ctx());
    expect(await refused(close())).toMatchObject({ code: 'state_refuses', data: { balanceMinor: 500 } });
    await send(ana, { email: ben.email }, 500n);
    const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 5n, currency: 'EUR' };
    const { requestId } = await house.flows.wallets.request(wish, ana.ctx());
    expect(await refused(close())).toMatchObject({ code: 'state_refuses', data: { openRequests: 1 } });
    await house.flows.wallets.endRequest({ requestId, how: 'cancelled' }, ana.ctx());
    await close();
    expect(await refused(send(ben, { email: ana.email }, 1n))).toMatchObject({ code: 'recipient_unavailable' });
    expect(await refused(send(ana, { email: ben.email }, 1n))).toMatchObject({ code: 'account_closed' });
    const before = await house.db.pool.query('SELECT account_id FROM wallets WHERE id = $1', [ana.walletId]);
    const again = await house.flows.wallets.open({ customerId: ana.customerId, currency: 'EUR' }, ana.ctx());
    expect(again).toMatchObject({ opened: true, accountId: before.rows[0].account_id });
    await send(ben, { email: ana.email }, 1n);
    expect(await house.balance(ana)).toBe(1n);
  });
});

it('a handle that two people want at once is one’s, and the other is told', async () => {
  const people = await Promise.all(['h1', 'h2', 'h3'].map((name) => house.customer(name)));
  const other = house.again();
  const answers = await Promise.all(
    people.map((one, index) =>
      refused((index % 2 ? other : house.flows).wallets.setHandle({ customerId: one.customerId, handle: 'wanted' }, one.ctx())),
    ),
  );
  expect(answers.map(({ code }) => code).sort()).toEqual(['already_exists', 'already_exists', 'none']);
});

it('costs a batch of transfers a fixed number of statements', async () => {
  const [ana, ben] = [await house.holder('counts', 100_000n), await house.holder('counted')];
  const counts: number[] = [];
  for (const size of [1, 40]) {
    let statements = 0;
    const client = await house.db.pool.connect();
    const query = client.query.bind(client);
    const seen = (...args: unknown[]) => {
      statements++;
      return (query as (...all: unknown[]) => unknown)(...args);
    };
    await client.query('BEGIN');
    Object.assign(client, { query: seen });
    const wishes = Array.from({ length: size }, () => ({
      input: { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 1n, currency: 'EUR' },
      ctx: ana.ctx(),
      key: newId(),
    }));
    await runVerb(client as unknown as Tx, sendMoney, wishes);
    counts.push(statements);
    Object.assign(client, { query });
    await client.query('COMMIT');
    client.release();
  }
  expect(counts[1]).toBe(counts[0]);
});
