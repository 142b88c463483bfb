import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalizeCode } from '../../domains/gift-cards/rules.ts';
import { readGiftCard } from '../../views/gift-cards.ts';
import { readLiabilities } from '../../views/liabilities.ts';
import { type OrderWorld, orderWorld, TEST_DATA_KEY } from '../testing/order-world.ts';
import { hashOfCode } from './gift-card-code.ts';

let w: OrderWorld;

beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

const ALL = { merchantId: null, customerId: null };
const card = (more: object = {}) => ({
  merchantId: w.merchantId,
  amountMinor: 5_000n,
  currency: 'EUR',
  reason: 'sold' as const,
  ...more,
});
const look = async (id: string) => (await readGiftCard(w.db.pool, ALL, id)).card;

describe('a gift card', () => {
  it('is worth its amount from when it is issued, and its code is kept as a keyed hash only', async () => {
    const { id, code, last4 } = await w.flows.issueGiftCard(card(), w.ctx());
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
    expect(await look(id)).toMatchObject({ status: 'active', balanceMinor: 5_000n, heldMinor: 0n, last4 });
    const { rows } = await w.db.pool.query('SELECT code_hash FROM gift_cards WHERE id = $1', [id]);
    expect(rows).toEqual([{ code_hash: hashOfCode(code.toLowerCase().replaceAll('-', ' '), TEST_DATA_KEY) }]);
    await w.expectBooksAgree();
  });

  it('has a code that is in no row of the database, and that a repeat under the same key still gets', async () => {
    const { id, code } = await w.flows.issueGiftCard(card(), w.ctx(), 'lost-reply');
    const again = await w.flows.issueGiftCard(card(), w.ctx(), 'lost-reply');
    expect(again).toMatchObject({ id, code });
    const { rows } = await w.db.ownerPool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const bare = normalizeCode(code) as string;
    for (const { name } of rows) {
      const found = await w.db.ownerPool.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1 OR t::text LIKE $2`, [
        `%${code}%`,
        `%${bare}%`,
      ]);
      expect([name, found.rowCount]).toEqual([name, 0]);
    }
  });

  it('of a large amount is worth nothing until a second person has agreed, and never if nobody does', async () => {
    const large = card({ amountMinor: 50_000n });
    const first = await w.flows.issueGiftCard(large, w.ctx());
    expect(first.status).toBe('awaiting_approval');
    expect(await look(first.id)).toMatchObject({ balanceMinor: 0n });
    const approvalId = first.approvalId as string;
    await expect(w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx())).rejects.toMatchObject({
      code: 'own_request',
    });
    await w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx('other'));
    expect(await look(first.id)).toMatchObject({ status: 'active', balanceMinor: 50_000n });

    const second = await w.flows.issueGiftCard(large, w.ctx());
    await w.flows.decideApproval({ approvalId: second.approvalId as string, decision: 'reject' }, w.ctx('other'));
    expect(await look(second.id)).toMatchObject({ status: 'void', balanceMinor: 0n });

    const third = await w.flows.issueGiftCard(large, w.ctx());
    w.advanceClock(73 * 3_600_000);
    await w.flows.expireApprovals(w.ctx());
    expect(await look(third.id)).toMatchObject({ status: 'void', balanceMinor: 0n });
    await w.expectBooksAgree();
  });

  it.each([
    ['an amount of nothing', { amountMinor: 0n }, 'amount_out_of_range'],
    ['a slip of the finger', { amountMinor: 100_000_001n }, 'amount_out_of_range'],
    ['a currency that the merchant does not sell in', { currency: 'USD' }, 'currency_mismatch'],
    ['an end in the past', { expiresAt: new Date(0) }, 'invalid_request'],
    ['a merchant that is not there', { merchantId: '00000000-0000-7000-8000-000000000000' }, 'not_found'],
  ])('with %s is not issued', async (_what, more, code) => {
    await expect(w.flows.issueGiftCard(card(more), w.ctx())).rejects.toMatchObject({ code });
  });

  it('can be frozen and unfrozen, and made void once, which takes off what is left', async () => {
    const { id: giftCardId } = await w.flows.issueGiftCard(card(), w.ctx());
    const change = (action: 'freeze' | 'unfreeze' | 'void') =>
      w.flows.changeGiftCard({ giftCardId, action, reason: 'Lost' }, w.ctx());
    expect(await change('freeze')).toMatchObject({ status: 'frozen', takenMinor: 0 });
    await expect(change('freeze')).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await change('unfreeze')).toMatchObject({ status: 'active' });
    expect(await change('void')).toMatchObject({ status: 'void', takenMinor: 5_000 });
    await expect(change('unfreeze')).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await look(giftCardId)).toMatchObject({ status: 'void', balanceMinor: 0n });
    await w.expectBooksAgree();
  });

  it('that is over becomes the merchant’s breakage, once, however many sweeps look at it', async () => {
    const expiresAt = new Date(w.clock().getTime() + 60_000);
    const { id } = await w.flows.issueGiftCard(card({ expiresAt }), w.ctx());
    expect(await w.flows.expireGiftCards(w.ctx())).toBe(0);
    w.advanceClock(60_000);
    const sweeps = await Promise.all([1, 2, 3].map(() => w.flows.expireGiftCards(w.ctx())));
    expect(sweeps.reduce((sum, count) => sum + count)).toBe(1);
    expect(await look(id)).toMatchObject({ status: 'expired', balanceMinor: 0n });
    const { rows } = await w.db.pool.query(`SELECT credits_posted FROM accounts WHERE kind = 'breakage'`);
    expect(rows).toEqual([{ credits_posted: 5_000n }]);
    await w.expectBooksAgree();
  });
});

describe('store credit', () => {
  const customer = async () => String((await w.order((await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] })).id)).customer_id);
  const wish = async (amountMinor: bigint) =>
    ({ merchantId: w.merchantId, customerId: await customer(), currency: 'EUR', amountMinor, reason: 'goodwill' }) as const;

  it('is given, added to and taken back, never below what is free', async () => {
    const first = await w.flows.issueStoreCredit(await wish(1_000n), w.ctx());
    const second = await w.flows.issueStoreCredit(await wish(500n), w.ctx());
    expect(second).toMatchObject({ id: first.id, balanceMinor: 1_500 });
    const deduct = (amountMinor: bigint) =>
      w.flows.changeStoreCredit({ action: 'deduct', storeCreditId: first.id, amountMinor, reason: 'Twice' }, w.ctx());
    await expect(deduct(1_501n)).rejects.toMatchObject({ code: 'insufficient_funds', data: { availableMinor: 1_500 } });
    expect(await deduct(500n)).toMatchObject({ balanceMinor: 1_000 });
    await w.expectBooksAgree();
  });

  it('of a large amount waits for a second person', async () => {
    const asked = await w.flows.issueStoreCredit(await wish(60_000n), w.ctx());
    expect(asked).toMatchObject({ status: 'awaiting_approval' });
    await w.flows.decideApproval({ approvalId: asked.approvalId as string, decision: 'approve' }, w.ctx('other'));
    const { rows } = await w.db.pool.query('SELECT credits_posted - debits_posted AS balance FROM accounts WHERE id = $1', [
      asked.id,
    ]);
    expect(rows[0].balance).toBeGreaterThanOrEqual(60_000n);
    await w.expectBooksAgree();
  });
});

it('what is owed is what the accounts hold, whatever happened to them', async () => {
  const { rows } = await readLiabilities(w.db.pool, ALL);
  for (const row of rows) {
    const left = row.issuedMinor - row.redeemedMinor + row.returnedMinor - row.withdrawnMinor - row.expiredMinor;
    expect([row.kind, left]).toEqual([row.kind, row.outstandingMinor]);
  }
  expect(rows.map((row) => row.kind)).toEqual(['gift_card', 'store_credit']);
});
