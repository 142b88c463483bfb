import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type Account, type RailsHouse, railsHouse } from '../testing/rails-house.ts';
import { refused } from '../testing/wallet-house.ts';

let h: RailsHouse;
beforeAll(async () => {
  h = await railsHouse();
});
afterAll(() => h.close());
afterEach(async () => {
  await h.psp.switches.reset();
  await h.bank.switches.reset();
  await h.expectBooksAgree();
});

const byCard = (who: Account, amountMinor: bigint, token = 'pm_card_visa', key?: string) =>
  h.flows.rails.topUpByCard(
    { walletId: who.walletId, amountMinor, token, returnUrl: 'https://waybill.example/back' },
    who.ctx(),
    key,
  );
const charges = async (topUpId: string) => h.psp.state.captures.filter((entry) => entry.operation_id === topUpId);
async function dispute(topUpId: string, amount?: number): Promise<string> {
  const { provider_ref } = await h.topUp(topUpId);
  const made = await h.control('psp', 'disputes', { payment_intent: provider_ref, ...(amount ? { amount } : {}) });
  return String(made.id);
}

describe('a top up by card', () => {
  it('is expected at once and can be spent when the provider took the money, fee and all', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 10_000n);
    expect(await h.money(who)).toMatchObject({ balance: 0n, expected: 10_000n });
    await h.settle();
    expect(await h.money(who)).toMatchObject({ balance: 10_000n, expected: 0n });
    expect(await h.topUp(id)).toMatchObject({
      status: 'succeeded',
      credited_minor: 10_000n,
      token: null,
      card: { last4: '4242' },
    });
    expect(await charges(id)).toHaveLength(1);
  });

  it('asked twice under one key, from two processes at once, is one charge', async () => {
    const who = await h.account();
    const [key, other] = [newId(), h.again()];
    const input = { walletId: who.walletId, amountMinor: 500n, token: 'pm_card_visa' };
    const ctx = who.ctx();
    const [first, second] = await Promise.all([
      h.flows.rails.topUpByCard(input, ctx, key),
      other.rails.topUpByCard(input, ctx, key),
    ]);
    expect(second.id).toBe(first.id);
    await Promise.all([h.flows.rails.advance('top_up', first.id), other.rails.advance('top_up', first.id)]);
    await h.settle();
    expect(await charges(first.id)).toHaveLength(1);
    expect(await h.money(who)).toMatchObject({ balance: 500n });
  });

  it('that is declined leaves nothing behind, not even in the limits', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 900n, 'pm_card_chargeDeclinedInsufficientFunds');
    await h.settle();
    expect(await h.topUp(id)).toMatchObject({ status: 'failed', failure: { code: 'insufficient_funds' } });
    expect(await h.money(who)).toMatchObject({ balance: 0n, expected: 0n });
    const { rows } = await h.db.pool.query('SELECT day_in_minor FROM wallets WHERE id = $1', [who.walletId]);
    expect(rows[0]).toEqual({ day_in_minor: 0n });
  });

  it.each(['drop_reply', 'error_5xx_after', 'drop_before', 'error_5xx'])(
    'whose answer is lost (%s) is asked about, never guessed, and charged once',
    async (fault) => {
      const who = await h.account();
      await h.psp.switches.set({ [fault]: { on: 'authorize', next: 1 }, webhooks: { off: true } });
      const { id } = await byCard(who, 700n);
      await h.settle();
      expect(await h.topUp(id)).toMatchObject({ status: 'unknown' });
      expect(await h.money(who)).toMatchObject({ balance: 0n, expected: 700n });
      for (let n = 0; n < 3; n++) {
        h.advanceClock(60_000);
        await h.settle();
      }
      expect(await h.topUp(id)).toMatchObject({ status: 'succeeded' });
      expect(await charges(id)).toHaveLength(1);
      expect(await h.money(who)).toMatchObject({ balance: 700n, expected: 0n });
    },
  );

  it('that the bank asks about lands by the message alone, twice or late, once', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 800n, 'pm_card_threeDSecure2Required');
    await h.settle();
    expect(await h.topUp(id)).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } });
    await h.psp.switches.set({ webhooks: { duplicate: 1, reorder: 1 } });
    const { next_action: next } = (await h.topUp(id)) as { next_action: { url: string } };
    const before = h.heard.length;
    await fetch(next.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${new URL(next.url).search.slice(1)}&answer=complete`,
      redirect: 'manual',
    });
    await expect.poll(() => h.heard.length, { timeout: 10_000 }).toBeGreaterThan(before + 1);
    expect(await h.topUp(id)).toMatchObject({ status: 'succeeded', next_action: null });
    expect(await h.money(who)).toMatchObject({ balance: 800n });
  });

  it('whose process died between sending and booking is sent again under its id: one charge', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 600n);
    const dying = h.again({
      ...h.outside,
      payments: new Map([...h.outside.payments].map(([name, provider]) => [name, dyingAfterCharge(provider)])),
    });
    await expect(dying.rails.advance('top_up', id)).rejects.toThrow('killed');
    expect(await h.money(who)).toMatchObject({ balance: 0n, expected: 600n });
    await h.flows.rails.advance('top_up', id);
    expect(await h.topUp(id)).toMatchObject({ status: 'sending' });
    h.advanceClock(60_000);
    expect(await h.flows.rails.sweep()).toBeGreaterThan(0);
    expect(await charges(id)).toHaveLength(1);
    expect(await h.money(who)).toMatchObject({ balance: 600n });
  });

  it('beyond a limit is refused with the limit, those under way counted', async () => {
    const who = await h.account();
    await byCard(who, 1_000_000n);
    expect(await refused(byCard(who, 1_000_001n))).toMatchObject({ code: 'limit_exceeded', data: { limit: 'per_transfer' } });
    await byCard(who, 1_000_000n);
    expect(await refused(byCard(who, 600_000n))).toMatchObject({ code: 'limit_exceeded', data: { limit: 'per_day' } });
    await h.settle();
  });
});

describe('a charge-back', () => {
  it('takes what is left and drives the wallet below zero, which blocks spending until it is paid', async () => {
    const [who, other] = [await h.account(), await h.account()];
    const { id } = await byCard(who, 1_000n);
    await h.settle();
    await h.flows.rails.withdraw({ walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 700n }, who.ctx());
    await dispute(id);
    await expect.poll(async () => (await h.money(who)).balance).toBe(0n);
    expect(await h.money(who)).toMatchObject({ held: 700n, overdraft: 700n });
    const { rows } = await h.db.pool.query(
      `SELECT after FROM audit_log WHERE entity_id = $1 AND action = 'wallet.charged_back'`,
      [who.walletId],
    );
    expect(rows[0]).toMatchObject({ after: { amountMinor: 1_000, debitedMinor: 1_000, owedMinor: 700 } });
    await h.settle();
    const { rows: payouts } = await h.db.pool.query<{ id: string }>('SELECT id FROM payouts WHERE wallet_id = $1', [
      who.walletId,
    ]);
    await h.advance(payouts[0]?.id as string, 'settled');
    await expect.poll(async () => (await h.money(who)).balance).toBe(-700n);
    const spend = h.flows.rails.withdraw(
      { walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 1n },
      who.ctx(),
    );
    expect(await refused(spend)).toMatchObject({ code: 'wallet_negative', data: { owedMinor: 700 } });
    await byCard(who, 1_000n);
    await h.settle();
    expect(await h.money(who)).toMatchObject({ balance: 300n, overdraft: 0n });
    expect(other.walletId).not.toBe(who.walletId);
  });

  it('is booked once however often it is told, and given back when it is won', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 1_000n);
    await h.settle();
    await h.psp.switches.set({ webhooks: { duplicate: 1 } });
    const ref = await dispute(id, 400);
    await expect.poll(async () => (await h.money(who)).balance).toBe(600n);
    const news = { paymentRef: null, operationId: id, topic: 'charge.dispute.created' };
    await Promise.all([h.flows.rails.cardNews(news), h.flows.rails.cardNews(news)]);
    expect(await h.money(who)).toMatchObject({ balance: 600n });
    await h.control('psp', `disputes/${ref}/close`, { status: 'won' });
    await expect.poll(async () => (await h.money(who)).balance).toBe(1_000n);
  });

  it('that is won after the wallet was closed pays what it owes; the rest waits for its owner on the work list', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 1_000n);
    await h.settle();
    const { id: payout } = await h.flows.rails.withdraw(
      { walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 1_000n },
      who.ctx(),
    );
    await h.settle();
    await h.advance(payout, 'settled');
    await expect.poll(async () => (await h.money(who)).held).toBe(0n);
    const first = await dispute(id, 400);
    await expect.poll(async () => (await h.money(who)).balance).toBe(-400n);
    const { id: debt } = await byCard(who, 400n);
    await h.settle();
    expect(await h.topUp(debt)).toMatchObject({ status: 'succeeded' });
    const second = await dispute(id, 600);
    await expect.poll(async () => (await h.money(who)).balance).toBe(-600n);
    await byCard(who, 600n);
    await h.settle();
    await h.flows.wallets.close({ walletId: who.walletId, by: 'customer' }, who.ctx());
    const third = await dispute(debt, 400);
    await expect.poll(async () => (await h.money(who)).balance).toBe(-400n);
    await h.control('psp', `disputes/${second}/close`, { status: 'won' });
    await expect.poll(async () => (await h.money(who)).balance).toBe(0n);
    await h.control('psp', `disputes/${first}/close`, { status: 'won' });
    await h.control('psp', `disputes/${third}/close`, { status: 'lost' });
    const kept = async () =>
      (
        await h.db.pool.query('SELECT why, amount_minor FROM bank_pay_ins WHERE customer_id = $1 ORDER BY amount_minor', [
          who.customerId,
        ])
      ).rows;
    await expect.poll(async () => (await kept()).length).toBe(2);
    expect(await kept()).toEqual([
      { why: 'chargeback_won', amount_minor: 200n },
      { why: 'chargeback_won', amount_minor: 400n },
    ]);
  });

  it('costs the platform what the policy does not let the wallet owe', async () => {
    const who = await h.account();
    const { id } = await byCard(who, 1_000n);
    await h.settle();
    await h.flows.rails.withdraw({ walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 900n }, who.ctx());
    await h.db.ownerPool.query(`INSERT INTO wallet_debt_policies (currency, max_debt_minor) VALUES ('EUR', 300)`);
    await dispute(id);
    await expect.poll(async () => (await h.money(who)).balance).toBe(600n);
    await h.db.ownerPool.query('DELETE FROM wallet_debt_policies');
    const { rows } = await h.db.pool.query('SELECT debited_minor FROM top_up_disputes WHERE top_up_id = $1', [id]);
    expect(rows).toEqual([{ debited_minor: 400n }]);
    const { rows: lost } = await h.db.pool.query(`SELECT debits_posted FROM accounts WHERE kind = 'chargebacks'`);
    expect(lost).toEqual([{ debits_posted: 600n }]);
  });
});

it('the provider’s report agrees with what was topped up, charged back and won', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { runId } = await h.flows.reconciliation.start({ provider: 'card', from: day, to: day }, h.ctx());
  await h.flows.reconciliation.read(runId, { ...h.ctx(), now: new Date(Date.now() + 600_000) });
  const { rows } = await h.db.pool.query('SELECT status, missing_here, missing_there, amount_differs FROM reconciliation_runs');
  expect(rows).toEqual([{ status: 'done', missing_here: 0, missing_there: 0, amount_differs: 0 }]);
});

function dyingAfterCharge<P extends { charge: (...args: never[]) => Promise<unknown> }>(provider: P): P {
  const charge = async (...args: never[]): Promise<never> => {
    await provider.charge(...args);
    throw new Error('killed');
  };
  return new Proxy(provider, {
    get: (target, name) => (name === 'charge' ? charge : bound(target, name)),
  });
}
const bound = (target: object, name: string | symbol): unknown => {
  const value = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
};
