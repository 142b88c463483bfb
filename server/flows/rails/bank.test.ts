import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { railsHands } from '../testing/rails-hands.ts';
import { IBAN, type RailsHouse, railsHouse } from '../testing/rails-house.ts';
import { refused } from '../testing/wallet-house.ts';

let h: RailsHouse;
beforeAll(async () => {
  h = await railsHouse();
});
afterAll(() => h.close());
afterEach(async () => {
  await h.bank.switches.reset();
  await h.expectBooksAgree();
});

const { withdraw, statusOf, balance, announced, payIn } = railsHands(() => h);

describe('a top up by bank', () => {
  it('is arriving when the bank says so, and credited as what came when it has', async () => {
    const who = await h.account();
    const { id, reference } = await announced(who, 5_000n);
    expect(reference).toMatch(/^RF\d{2}[A-Z0-9]{10}$/);
    const bankRef = await h.transfer(`Top up ${reference}, thanks`, 4_950);
    await expect.poll(async () => (await h.topUp(id)).status).toBe('arriving');
    expect(await balance(who)).toBe(0n);
    await h.advance(bankRef, 'settled');
    await expect.poll(() => balance(who)).toBe(4_950n);
    expect(await h.topUp(id)).toMatchObject({ status: 'succeeded', amount_minor: 5_000n, credited_minor: 4_950n });
  });

  it('told twice, in the wrong order and by several processes at once is credited once', async () => {
    const who = await h.account();
    const { reference } = await announced(who, 1_000n);
    await h.bank.switches.set({ webhooks: { duplicate: 1, reorder: 1 } });
    const bankRef = await h.transfer(reference, 1_000);
    await h.advance(bankRef, 'settled');
    const news = { subject: 'pay_in', bankRef, attemptId: null } as const;
    await Promise.all([h.flows, h.again(), h.again()].map((flows) => flows.rails.bankNews(news)));
    await expect.poll(() => balance(who)).toBe(1_000n);
    await h.flows.rails.bankNews(news);
    expect(await balance(who)).toBe(1_000n);
  });

  it('that nobody told us of is found by asking', async () => {
    const who = await h.account();
    const { reference } = await announced(who, 1_000n);
    await h.bank.switches.set({ webhooks: { off: true } });
    await h.advance(await h.transfer(reference, 1_000), 'settled');
    expect(await balance(who)).toBe(0n);
    await h.flows.rails.sweep();
    expect(await balance(who)).toBe(1_000n);
  });

  it('beyond the limits is credited all the same, and says so', async () => {
    const who = await h.account();
    const { id, reference } = await announced(who, 1_000n);
    await h.advance(await h.transfer(reference, 20_000_000), 'settled');
    await expect.poll(() => balance(who)).toBe(20_000_000n);
    expect(await h.topUp(id)).toMatchObject({ over_limit: true });
    expect(await refused(announced(who, 1n))).toMatchObject({ code: 'limit_exceeded' });
  });

  it('that names nobody waits in suspense, and is given to whom it was meant for, once', async () => {
    const who = await h.account();
    const bankRef = await h.transfer('for Carla', 2_500);
    await h.advance(bankRef, 'settled');
    await expect.poll(async () => (await payIn(bankRef))?.booked).toBe('suspense');
    const give = () => h.flows.rails.assignPayIn({ bankRef, walletId: who.walletId, note: 'She called' }, h.ctx());
    await give();
    expect(await balance(who)).toBe(2_500n);
    expect(await refused(give())).toMatchObject({ code: 'state_refuses' });
    expect(await payIn(bankRef)).toMatchObject({ booked: 'wallet', assigned_note: 'She called' });
  });
});

describe('a withdrawal', () => {
  it('is held at once and leaves when it has arrived', async () => {
    const who = await h.account(5_000n);
    const { id } = await withdraw(who, 3_000n);
    expect(await h.money(who)).toMatchObject({ balance: 5_000n, held: 3_000n });
    await h.settle();
    expect(await statusOf(id)).toBe('accepted');
    await h.advance(id, 'settled');
    await expect.poll(() => statusOf(id)).toBe('settled');
    expect(await h.money(who)).toMatchObject({ balance: 2_000n, held: 0n });
  });

  it('that the other bank rejects is there again, limits and all', async () => {
    const who = await h.account(5_000n);
    const { id } = await withdraw(who, 3_000n);
    await h.settle();
    await h.advance(id, 'rejected');
    await expect.poll(() => statusOf(id)).toBe('rejected');
    expect(await h.money(who)).toMatchObject({ balance: 5_000n, held: 0n });
    const { rows } = await h.db.pool.query('SELECT day_out_minor FROM wallets WHERE id = $1', [who.walletId]);
    expect(rows[0]).toEqual({ day_out_minor: 0n });
  });

  it('that comes back after it arrived is credited again, also where only the last message is heard', async () => {
    const who = await h.account(5_000n);
    const { id } = await withdraw(who, 3_000n);
    await h.settle();
    await h.bank.switches.set({ webhooks: { off: true } });
    await h.advance(id, 'settled');
    await h.bank.switches.set({ webhooks: { off: false, duplicate: 1 } });
    await h.advance(id, 'returned');
    await expect.poll(() => statusOf(id)).toBe('returned');
    expect(await h.money(who)).toMatchObject({ balance: 5_000n, held: 0n });
    const { rows } = await h.db.pool.query('SELECT kind FROM transfers WHERE reference = $1 ORDER BY id', [
      (await h.payout(id)).bank_ref,
    ]);
    expect(rows.map(({ kind }) => kind)).toEqual(['withdrawal', 'withdrawal_returned']);
  });

  it.each([
    ['drop_reply', 'accepted'],
    ['error_5xx_after', 'accepted'],
    ['drop_before', 'accepted'],
    ['rate_limit', 'accepted'],
    ['decline', 'rejected'],
  ])('whose answer is %s ends %s, with one payout at the bank at most', async (fault, status) => {
    const who = await h.account(1_000n);
    await h.bank.switches.set({ [fault]: { on: 'payout', next: 1 } });
    const { id } = await withdraw(who, 1_000n);
    for (let n = 0; n < 4; n++) {
      await h.settle();
      h.advanceClock(40_000);
    }
    expect(await statusOf(id)).toBe(status);
    const made = [...h.bank.state.payouts.values()].filter((payout) => payout.client_reference === id);
    expect(made).toHaveLength(status === 'accepted' ? 1 : 0);
    expect(await h.money(who)).toMatchObject({ held: status === 'accepted' ? 1_000n : 0n });
  });

  it('double-clicked is one; more than there is, to somebody else’s account or to one that was removed is refused', async () => {
    const [who, other] = [await h.account(1_000n), await h.account()];
    const key = newId();
    const ctx = who.ctx();
    const input = { walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 600n };
    const both = await Promise.all([h.flows.rails.withdraw(input, ctx, key), h.again().rails.withdraw(input, ctx, key)]);
    expect(both[0].id).toBe(both[1].id);
    expect(await refused(withdraw(who, 600n))).toMatchObject({ code: 'insufficient_funds', data: { missingMinor: 200 } });
    expect(
      await refused(h.flows.rails.withdraw({ ...input, bankAccountId: other.bankAccountId, amountMinor: 1n }, ctx)),
    ).toMatchObject({
      code: 'not_found',
    });
    await h.flows.rails.removeBankAccount({ bankAccountId: who.bankAccountId }, ctx);
    expect(await refused(withdraw(who, 1n))).toMatchObject({ code: 'state_refuses' });
    await h.settle();
  });

  it('several at once, from several processes, never take more than there is', async () => {
    const who = await h.account(1_000n);
    const flows = [h.flows, h.again(), h.again()];
    const input = { walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor: 300n };
    const all = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => flows[n % 3]?.rails.withdraw(input, who.ctx())));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await h.money(who)).toMatchObject({ balance: 1_000n, held: 900n });
    await h.settle();
  });
});

describe('an account number', () => {
  it('is kept by the bank alone: here is its token and what people recognise it by', async () => {
    const who = await h.account();
    const { rows } = await h.db.pool.query('SELECT country, last4, token FROM bank_accounts WHERE id = $1', [who.bankAccountId]);
    expect(rows[0]).toMatchObject({ country: 'DE', last4: '3000', token: expect.stringMatching(/^ben_/) });
    for (const { name } of (await h.db.ownerPool.query(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`))
      .rows) {
      const { rows: found } = await h.db.ownerPool.query(`SELECT FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`, [
        IBAN.slice(4),
      ]);
      expect([name, found.length]).toEqual([name, 0]);
    }
  });

  it('added twice under one key is one account and one token', async () => {
    const who = await h.account();
    const [ctx, key] = [who.ctx(), newId()];
    const typed = { owner: { customerId: who.customerId }, iban: IBAN, holder: 'Carla' };
    const both = await Promise.all([
      h.flows.rails.addBankAccount(typed, ctx, key),
      h.again().rails.addBankAccount(typed, ctx, key),
    ]);
    expect(both[0].id).toBe(both[1].id);
  });
});

describe('what a merchant earned', () => {
  /** A merchant whom the platform owes so much, with a bank account. */
  async function merchant(amountMinor: bigint) {
    const merchantId = newId();
    await h.db.pool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', $2, 'Acme', 'EUR', 'DE', now())`,
      [merchantId, merchantId],
    );
    const { id } = await h.flows.rails.addBankAccount({ owner: { merchantId }, iban: IBAN, holder: 'Acme' }, h.ctx());
    await owe(h.db.pool, merchantId, amountMinor);
    const pay = (amount: bigint, actor?: string) =>
      h.flows.rails.payMerchant({ merchantId, bankAccountId: id, currency: 'EUR', amountMinor: amount }, h.ctx(actor));
    const payable = async () =>
      (
        await h.db.pool.query<{ left: bigint; held: bigint }>(
          `SELECT credits_posted - debits_posted AS left, debits_pending AS held FROM accounts WHERE code = $1`,
          [`merchant_payable:${merchantId}:EUR`],
        )
      ).rows[0];
    return { pay, payable };
  }

  it('is paid out once, never more than it is, and is there again when it comes back', async () => {
    const { pay, payable } = await merchant(50_000n);
    const { id } = await pay(40_000n);
    expect(await refused(pay(10_001n))).toMatchObject({ code: 'insufficient_funds' });
    await h.settle();
    await h.advance(id, 'settled');
    await expect.poll(() => statusOf(id)).toBe('settled');
    expect(await payable()).toEqual({ left: 10_000n, held: 0n });
    await h.advance(id, 'returned');
    await expect.poll(() => statusOf(id)).toBe('returned');
    expect(await payable()).toEqual({ left: 50_000n, held: 0n });
  });

  it('in large amounts waits for a second person, held meanwhile', async () => {
    const { pay, payable } = await merchant(500_000n);
    const requester = `user:${newId()}`;
    const { id, approvalId, status } = await pay(300_000n, requester);
    expect([status, (await payable())?.held]).toEqual(['awaiting_approval', 300_000n]);
    await h.settle();
    expect(h.bank.state.byReference.has(id)).toBe(false);
    const decide = (decision: 'approve' | 'reject', approval: string | null, actor?: string) =>
      h.flows.decideApproval({ approvalId: approval as string, decision, reason: 'Checked' }, h.ctx(actor));
    expect(await refused(decide('approve', approvalId, requester))).toMatchObject({ code: 'own_request' });
    await decide('approve', approvalId);
    await h.settle();
    expect(await statusOf(id)).toBe('accepted');
    const second = await pay(200_000n, requester);
    await decide('reject', second.approvalId);
    expect(await h.payout(second.id)).toMatchObject({ status: 'cancelled', reason: 'Checked' });
    expect((await payable())?.held).toBe(300_000n);
  });
});

it('the bank’s statement agrees with what came, what went and what came back', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { runId } = await h.flows.reconciliation.start({ provider: 'bank', from: day, to: day }, h.ctx());
  await h.flows.reconciliation.read(runId, { ...h.ctx(), now: new Date(Date.now() + 600_000) });
  const { rows } = await h.db.pool.query('SELECT status, missing_here, amount_differs FROM reconciliation_runs');
  expect(rows).toEqual([{ status: 'done', missing_here: 0, amount_differs: 0 }]);
});

async function owe(pool: RailsHouse['db']['pool'], merchantId: string, amountMinor: bigint): Promise<void> {
  const ctx = h.ctx('system:test');
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const [from, to] = [chart.suspense('EUR'), chart.merchantPayable(merchantId, 'EUR')];
    const state = await ledger.lock(tx, { home: 'EU', accounts: [from, to], holds: [], now: ctx.now });
    const move = {
      id: newId(),
      kind: 'sale',
      phase: 'single',
      amountMinor,
      currency: 'EUR',
      orderId: null,
      paymentId: null,
    } as const;
    ledger.post(state, planTransfers(state, [{ ...move, debit: from.code, credit: to.code }]), ctx);
    await ledger.write(tx, state);
  });
}
