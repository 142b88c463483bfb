import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { refused, type WalletHouse, walletHouse } from '../testing/wallet-house.ts';

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
