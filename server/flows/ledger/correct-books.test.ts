import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart, type ProposeAdjustmentInput } from '../../domains/ledger/schema.ts';
import { accountId } from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { type Holder, type WalletHouse, walletHouse } from '../testing/wallet-house.ts';

let house: WalletHouse;
let ana: Holder;
let ben: Holder;
beforeAll(async () => {
  house = await walletHouse();
  ana = await house.holder('ana', 10_000n);
  ben = await house.holder('ben', 10_000n);
});
afterAll(() => house.close());

const who = (): (() => Ctx) => {
  const actor = `user:${newId()}`;
  return () => ({ ...house.staff(), actor, traceId: newId() });
};
const fin = who();
const boss = who();
const wallet = (holder: Holder): string => accountId(chart.wallet(holder.customerId, 'EUR').code);
const wish = (over: Partial<ProposeAdjustmentInput> = {}): ProposeAdjustmentInput => ({
  debitAccountId: wallet(ana),
  creditAccountId: wallet(ben),
  amountMinor: 250,
  currency: 'EUR',
  reason: 'Paid to the wrong wallet',
  reference: 'TICKET-7',
  ...over,
});
const propose = (over: Partial<ProposeAdjustmentInput> = {}, key?: string) =>
  house.flows.ledger.proposeAdjustment(wish(over), fin(), key);
const approve = (approvalId: string, ctx = boss()) => house.flows.decideApproval({ approvalId, decision: 'approve' }, ctx);
const one = async (text: string, values: unknown[]) => (await house.db.pool.query(text, values)).rows[0];
const postedFor = (approvalId: string) => one('SELECT * FROM transfers WHERE reference = $1', [approvalId]);

describe('an adjustment', () => {
  it('moves nothing until somebody else approves, and then once, naming the approval and audited', async () => {
    const { approvalId } = await propose();
    expect(await house.balance(ana)).toBe(10_000n);
    await expect(approve(approvalId, fin())).rejects.toMatchObject({ code: 'own_request' });
    await approve(approvalId);
    expect([await house.balance(ana), await house.balance(ben)]).toEqual([9_750n, 10_250n]);
    await expect(approve(approvalId, who()())).rejects.toMatchObject({ code: 'state_refuses' });
    const transfer = await postedFor(approvalId);
    expect(transfer).toMatchObject({ kind: 'adjustment', phase: 'single', amount_minor: 250n, order_id: null, reverses: null });
    const audited = await one(`SELECT * FROM audit_log WHERE entity_id = $1 AND action = 'ledger.adjusted'`, [transfer.id]);
    expect(audited).toMatchObject({ reason: 'Paid to the wrong wallet', actor: transfer.actor });
    await house.expectBooksAgree();
  });

  it('is asked for once under one key', async () => {
    const key = newId();
    const [first, second] = [await propose({}, key), await propose({}, key)];
    expect(second).toEqual(first);
    await expect(propose({ amountMinor: 251 }, key)).rejects.toMatchObject({ code: 'key_reused' });
  });

  it('of two who decide at the same moment moves money for one', async () => {
    const before = await house.balance(ana);
    const { approvalId } = await propose();
    const both = await Promise.allSettled([
      approve(approvalId, who()()),
      house.again().decideApproval({ approvalId, decision: 'approve' }, who()()),
    ]);
    expect(both.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect(await house.balance(ana)).toBe(before - 250n);
  });

  it.each([
    ['the same account twice', { creditAccountId: 'ana' }, 'invalid_request'],
    ['another currency', { currency: 'USD' }, 'currency_mismatch'],
    ['more than there is', { amountMinor: 9_007_199_254_740_991 }, 'insufficient_funds'],
    ['an account that is not there', { creditAccountId: '00000000-0000-7000-8000-000000000000' }, 'not_found'],
  ] as const)('is refused up front for %s', async (_what, over, code) => {
    const creditAccountId = 'creditAccountId' in over && over.creditAccountId !== 'ana' ? over.creditAccountId : wallet(ana);
    const changed = 'creditAccountId' in over ? { creditAccountId } : over;
    await expect(propose(changed)).rejects.toMatchObject({ code });
  });

  it('is refused at the decision if the account was frozen meanwhile, and waits', async () => {
    const { approvalId } = await propose();
    const operate = (action: 'freeze' | 'unfreeze') =>
      house.flows.ledger.operateAccount({ accountId: wallet(ben), operation: { action }, reason: 'Under review' }, fin());
    await operate('freeze');
    await expect(approve(approvalId)).rejects.toMatchObject({ code: 'account_frozen' });
    await expect(propose()).rejects.toMatchObject({ code: 'account_frozen' });
    await operate('unfreeze');
    await approve(approvalId);
    expect(await postedFor(approvalId)).toMatchObject({ amount_minor: 250n });
  });

  it('is refused at the decision if the money was spent meanwhile, and can be rejected', async () => {
    const { approvalId } = await propose({ amountMinor: 9_000 });
    const spent = await propose({ amountMinor: 5_000 });
    await approve(spent.approvalId);
    await expect(approve(approvalId)).rejects.toMatchObject({ code: 'insufficient_funds' });
    await house.flows.decideApproval({ approvalId, decision: 'reject', reason: 'Spent' }, boss());
    expect(await postedFor(approvalId)).toBeUndefined();
  });

  it('of a receivable is for its order to correct', async () => {
    const code = `receivable:${newId()}:EUR`;
    await house.db.ownerPool.query(
      `INSERT INTO accounts (id, code, kind, home, currency, normal_side, created_at) VALUES ($1, $2, 'receivable', 'EU', 'EUR', 'debit', now())`,
      [accountId(code), code],
    );
    await expect(propose({ creditAccountId: accountId(code) })).rejects.toMatchObject({ code: 'state_refuses' });
  });

  it('of a merchant’s programs stays among them', async () => {
    const merchantId = newId();
    await house.db.ownerPool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'pots', 'Pots', 'EUR', 'DE', now())`,
      [merchantId],
    );
    const points = {
      merchantId,
      ownCode: 'points',
      name: 'Points',
      currency: 'EUR',
      normalSide: 'credit',
      limited: true,
    } as const;
    const { id, fundingId } = await house.flows.ledger.openAccount({ ...points, creditLimitMinor: 0n }, house.staff());
    await expect(propose({ creditAccountId: id })).rejects.toMatchObject({ code: 'state_refuses' });
    const { approvalId } = await propose({ debitAccountId: fundingId, creditAccountId: id });
    await approve(approvalId);
    expect(await postedFor(approvalId)).toMatchObject({ credit_account: id, amount_minor: 250n });
    await house.expectBooksAgree();
  });
});

describe('a reversal', () => {
  const reverse = (transferId: string) => house.flows.ledger.proposeReversal({ transferId, reason: 'Posted by mistake' }, fin());
  const adjusted = async (): Promise<string> => {
    const { approvalId } = await propose({ debitAccountId: wallet(ben), creditAccountId: wallet(ana), amountMinor: 300 });
    await approve(approvalId);
    return String((await postedFor(approvalId)).id);
  };

  it('takes all of a transfer back on the other sides, names it, and cannot be done twice', async () => {
    const before = await house.balance(ben);
    const transferId = await adjusted();
    const [first, second] = [await reverse(transferId), await reverse(transferId)];
    await approve(first.approvalId);
    expect(await house.balance(ben)).toBe(before);
    const reversal = await postedFor(first.approvalId);
    expect(reversal).toMatchObject({ kind: 'reversal', reverses: transferId, amount_minor: 300n, debit_account: wallet(ana) });
    await expect(approve(second.approvalId)).rejects.toMatchObject({ code: 'already_reversed' });
    await expect(reverse(transferId)).rejects.toMatchObject({ code: 'already_reversed' });
    await house.expectBooksAgree();
  });

  it('twice in one batch of decisions happens once', async () => {
    const transferId = await adjusted();
    const asked = [await reverse(transferId), await reverse(transferId)];
    const decided = await Promise.allSettled(asked.map(({ approvalId }) => approve(approvalId, who()())));
    expect(decided.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    await house.expectBooksAgree();
  });

  it('of an order’s transfer, or of none, is refused', async () => {
    await expect(reverse(newId())).rejects.toMatchObject({ code: 'not_found' });
    const id = newId();
    await house.db.ownerPool.query(
      `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, order_id, debit_version, credit_version,
         debit_balance_minor, credit_balance_minor, actor, trace_id, at)
       VALUES ($1, $1, 'sale', 'single', $2, $3, 1, 'EUR', $1, 999999, 999999, 0, 0, 'system:test', 't', now())`,
      [id, wallet(ana), wallet(ben)],
    );
    await expect(reverse(id)).rejects.toMatchObject({ code: 'state_refuses' });
  });
});
