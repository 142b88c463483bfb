import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { railsHands } from '../testing/rails-hands.ts';
import { type Account, type RailsHouse, railsHouse } from '../testing/rails-house.ts';
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

describe('a large amount in suspense', () => {
  it('is given to a wallet by two persons: asked for once, refused to whoever asked, there when the second agrees', async () => {
    const who = await h.account();
    const bankRef = await h.transfer('for Carla', 100_000);
    await h.advance(bankRef, 'settled');
    await expect.poll(async () => (await payIn(bankRef))?.booked).toBe('suspense');
    const requester = `user:${newId()}`;
    const wish = { bankRef, walletId: who.walletId, note: 'Her statement shows it' };
    const ask = (flows = h.flows) => flows.rails.assignPayIn(wish, h.ctx(requester));
    const decide = (approvalId: string | null, decision: 'approve' | 'reject', actor?: string) =>
      h.flows.decideApproval({ approvalId: approvalId as string, decision, reason: 'Checked' }, h.ctx(actor));
    const both = await Promise.all(
      [ask(), ask(h.again())].map((asked) => asked.catch(({ code }) => ({ code, approvalId: null }))),
    );
    expect(both.map((one) => ('code' in one ? one.code : 'asked')).sort()).toEqual(['asked', 'state_refuses']);
    expect([await balance(who), (await payIn(bankRef)).booked]).toEqual([0n, 'suspense']);
    const first = both.find(({ approvalId }) => approvalId !== null)?.approvalId as string;
    expect(await refused(decide(first, 'approve', requester))).toMatchObject({ code: 'own_request' });
    await decide(first, 'reject');
    const { approvalId } = await ask();
    await Promise.allSettled([decide(approvalId, 'approve'), decide(approvalId, 'approve')]);
    expect(await balance(who)).toBe(100_000n);
    expect(await payIn(bankRef)).toMatchObject({ booked: 'wallet', assigned_by: requester, approval_id: null });
  });

  it('that the bank took back meanwhile, or whose wallet was closed, is not given; unanswered it can be asked for again', async () => {
    const who = await h.account();
    const bankRef = await h.transfer('for Carla', 100_000);
    await h.advance(bankRef, 'settled');
    await expect.poll(async () => (await payIn(bankRef))?.booked).toBe('suspense');
    const ask = () => h.flows.rails.assignPayIn({ bankRef, walletId: who.walletId, note: 'Hers' }, h.ctx());
    await ask();
    expect(await h.flows.expireApprovals({ ...h.ctx(), now: new Date(Date.now() + 80 * 3_600_000) })).toBe(1);
    const { approvalId } = await ask();
    const approve = () =>
      h.flows.decideApproval({ approvalId: approvalId as string, decision: 'approve', reason: 'Checked' }, h.ctx());
    await h.flows.wallets.close({ walletId: who.walletId, by: 'customer' }, who.ctx());
    expect(await refused(approve())).toMatchObject({ code: 'account_closed' });
    await h.advance(bankRef, 'returned');
    await expect.poll(async () => (await payIn(bankRef)).booked).toBe('returned');
    expect(await refused(approve())).toMatchObject({ code: 'state_refuses' });
    expect(await balance(who)).toBe(0n);
  });
});

describe('a wallet that closes', () => {
  const close = (who: Account, flows = h.flows) => flows.wallets.close({ walletId: who.walletId, by: 'customer' }, who.ctx());
  const open = (who: Account) => h.flows.wallets.open({ customerId: who.customerId, currency: 'EUR' }, who.ctx());

  it('waits for a transfer that is arriving, and no more for one that was only announced', async () => {
    const who = await h.account();
    const arriving = await announced(who, 800n);
    const bankRef = await h.transfer(arriving.reference, 800);
    await expect.poll(async () => (await h.topUp(arriving.id)).status).toBe('arriving');
    expect(await refused(close(who))).toMatchObject({ code: 'state_refuses', data: { arrivingMinor: 800 } });
    await h.advance(bankRef, 'settled');
    await expect.poll(() => balance(who)).toBe(800n);
    await withdraw(who, 800n);
    expect(await refused(close(who))).toMatchObject({ code: 'state_refuses', data: { heldMinor: 800 } });
    await h.settle();
    const [payout] = (await h.db.pool.query('SELECT id FROM payouts WHERE wallet_id = $1', [who.walletId])).rows;
    await h.advance(payout.id, 'settled');
    await expect.poll(() => statusOf(payout.id)).toBe('settled');

    const late = await announced(who, 300n);
    await close(who);
    expect(await h.topUp(late.id)).toMatchObject({ status: 'expired' });
    const lateRef = await h.transfer(late.reference, 300);
    await h.advance(lateRef, 'settled');
    await expect.poll(async () => (await payIn(lateRef))?.booked).toBe('suspense');
    expect(await payIn(lateRef)).toMatchObject({ why: 'wallet_closed', top_up_id: late.id });

    // The bank takes the withdrawal back after all: it is the customer's, who has no wallet.
    await h.advance(payout.id, 'returned');
    await expect.poll(() => statusOf(payout.id)).toBe('returned');
    const [work] = (await h.db.pool.query(`SELECT * FROM bank_pay_ins WHERE why = 'withdrawal_returned'`)).rows;
    expect(work).toMatchObject({ booked: 'suspense', amount_minor: 800n, customer_id: who.customerId });
    expect(await balance(who)).toBe(0n);

    const again = await open(who);
    for (const ref of [lateRef, work.bank_ref])
      await h.flows.rails.assignPayIn({ bankRef: ref, walletId: again.id, note: 'Opened again' }, h.ctx());
    expect(await balance(who)).toBe(1_100n);
  });

  it('and is opened again has there what comes for the closed one, and what the bank takes back is taken from there', async () => {
    const who = await h.account();
    const { reference } = await announced(who, 500n);
    await close(who);
    const stray = await h.transfer('for Carla', 200);
    await h.advance(stray, 'settled');
    const again = await open(who);
    const bankRef = await h.transfer(reference, 500);
    await h.advance(bankRef, 'settled');
    await expect.poll(() => balance(who)).toBe(500n);
    await expect.poll(async () => (await payIn(stray))?.booked).toBe('suspense');
    await h.flows.rails.assignPayIn({ bankRef: stray, walletId: again.id, note: 'She called' }, h.ctx());
    const { id } = await withdraw({ ...who, walletId: again.id }, 700n);
    await h.settle();
    await h.advance(id, 'settled');
    await expect.poll(() => balance(who)).toBe(0n);
    await close({ ...who, walletId: again.id });
    await h.advance(stray, 'returned');
    await expect.poll(async () => (await payIn(stray))?.booked).toBe('returned');
    expect(await h.money(who)).toMatchObject({ balance: -200n, overdraft: 200n });
  });

  it('while its transfer arrives is closed, and the money in suspense, or open with it: never closed with money in it', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => h.account()));
    const other = h.again();
    await h.bank.switches.set({ webhooks: { off: true } });
    const transfers = await Promise.all(
      people.map(async (who) => {
        const bankRef = await h.transfer((await announced(who, 100n)).reference, 100);
        await h.advance(bankRef, 'settled');
        return { who, bankRef };
      }),
    );
    const outcomes = await Promise.all(
      transfers.map(async ({ who, bankRef }, index) => {
        const news = { subject: 'pay_in', bankRef, attemptId: null } as const;
        const told = () => (index % 2 ? other : h.flows).rails.bankNews(news);
        const [closed] = await Promise.all(index % 3 ? [refused(close(who)), told()] : [told().then(() => refused(close(who)))]);
        return { closed: closed.code === 'none', booked: (await payIn(bankRef)).booked, balance: await balance(who) };
      }),
    );
    for (const { closed, booked, balance: held } of outcomes)
      expect([booked, held]).toEqual(closed ? ['suspense', 0n] : ['wallet', 100n]);
  });
});
