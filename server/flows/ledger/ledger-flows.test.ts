import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountId } from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createFlows, type Flows } from '../flows.ts';
import { createTransferLane, type WantedTransfer } from './post-journals.ts';

let db: TestDatabase;
let flows: Flows;

beforeAll(async () => {
  db = await createTestDatabase();
  flows = createFlows({ pool: db.pool, home: 'EU', outside: { payments: new Map(), carriers: new Map() } });
});
afterAll(async () => {
  const { report } = await checkIntegrity(db.pool, { full: true, now: new Date() });
  expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
  await db.drop();
});

const by = (now = new Date()): Ctx => ({ now, actor: 'user:finance', traceId: newId(), requestId: newId(), home: 'EU' });

/** An account without a limit to take money from, and limited ones. */
async function open(...limits: number[]): Promise<string[]> {
  const run = newId();
  const codes = ['source', ...limits.map((_, index) => `wallet-${index}`)].map((name) => `${name}:${run}`);
  await db.ownerPool.query(
    `INSERT INTO accounts (id, code, kind, home, currency, normal_side, limited, credit_limit_minor, created_at)
     SELECT i, c, 'test', 'EU', 'EUR', 'credit', n > 1, m, now()
     FROM unnest($1::uuid[], $2::text[], $3::int8[]) WITH ORDINALITY AS v(i, c, m, n)`,
    [codes.map(accountId), codes, [0, ...limits]],
  );
  return codes.map(accountId);
}

const shared = { kind: 'test', orderId: null, paymentId: null, currency: 'EUR' } as const;

function move(debit: string, credit: string, amount: number, more: { phase?: 'pending'; expiresAt?: Date; forced?: true } = {}) {
  return {
    ...shared,
    id: newId(),
    phase: 'single' as const,
    debit,
    credit,
    amountMinor: BigInt(amount),
    ...more,
  } as WantedTransfer;
}

const post = async (transfers: readonly WantedTransfer[], ctx = by()): Promise<string[]> =>
  (await flows.ledger.post(transfers, ctx)).map(({ result }) => result);

async function accountOf(id: string | undefined) {
  const { rows } = await db.pool.query<{ balance: bigint; pending: bigint; overdraft: bigint; frozen: boolean; closed: boolean }>(
    `SELECT credits_posted - debits_posted AS balance, debits_pending AS pending, overdraft_minor AS overdraft, frozen, closed
     FROM accounts WHERE id = $1`,
    [id],
  );
  return rows[0];
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: DomainError) => error.code,
  );

it('moves money along a journal that no single balance could have paid, or none of it', async () => {
  const [source = '', a = '', b = ''] = await open(0, 0);
  expect(await post([move(source, a, 70), move(a, b, 70)])).toEqual(['created', 'created']);
  expect(await post([move(b, a, 50), move(a, source, 51)])).toEqual(['linked_failed', 'insufficient_funds']);
  expect((await accountOf(b))?.balance).toBe(70n);
});

it('answers each transfer of a batch for itself', async () => {
  const [source = '', a = '', b = ''] = await open(0, 0);
  const wanted = [move(source, a, 10), move(a, source, 10_000), move(a, newId(), 1), move(source, b, 5)];
  const results = await Promise.all(wanted.map((transfer) => post([transfer])));
  expect(results.flat()).toEqual(['created', 'insufficient_funds', 'not_found', 'created']);
});

it('decides one caller’s journals in order, more than a batch of them too, while others post', async () => {
  const lane = createTransferLane({ pool: db.pool, maxBatch: 8, parallel: 3 });
  const callers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const [source = '', a = '', b = ''] = await open(0, 0);
      // Each can be paid only by the one before it.
      const chain = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? move(a, b, 10) : move(b, a, 10)));
      return [move(source, a, 10), ...chain].map((transfer) => [transfer]);
    }),
  );
  const results = await Promise.all(callers.map((journals) => lane.postAll(journals, by())));
  expect(new Set(results.flat(2).map(({ result }) => result))).toEqual(new Set(['created']));
  const again = await Promise.all(callers.map((journals) => lane.postAll(journals, by())));
  expect(new Set(again.flat(2).map(({ result }) => result))).toEqual(new Set(['duplicate']));
});

it('takes a transfer back in parts, and never more than it moved', async () => {
  const [source = '', a = ''] = await open(0);
  const paid = move(source, a, 100);
  expect(await post([paid])).toEqual(['created']);
  const reverse = (amountMinor?: bigint): WantedTransfer => ({
    phase: 'reverse',
    id: newId(),
    kind: 'correction',
    transferId: paid.id,
    ...(amountMinor ? { amountMinor } : {}),
  });
  expect(await post([reverse(30n)])).toEqual(['created']);
  expect(await post([reverse(71n)])).toEqual(['over_limit']);
  const rests = await Promise.all([post([reverse()]), post([reverse()])]);
  expect(rests.flat().sort()).toEqual(['already_reversed', 'created']);
  expect((await accountOf(a))?.balance).toBe(0n);
  const { rows } = await db.pool.query('SELECT DISTINCT reverses FROM transfers WHERE kind = $1', ['correction']);
  expect(rows).toEqual([{ reverses: paid.id }]);
});

it('gives back what was held for a time that is over, and posts nothing of it any more', async () => {
  const [source = '', a = ''] = await open(0);
  await post([move(source, a, 100)]);
  const hold = move(a, source, 60, { phase: 'pending', expiresAt: new Date(Date.now() + 60_000) });
  const lasting = move(a, source, 10, { phase: 'pending' });
  await post([hold]);
  await post([lasting]);
  expect((await accountOf(a))?.pending).toBe(70n);
  const later = by(new Date(Date.now() + 61_000));
  const use: WantedTransfer = { ...shared, id: newId(), phase: 'post', holdId: hold.id, amountMinor: 60n, final: true };
  expect(await post([use], later)).toEqual(['hold_expired']);
  expect(await flows.ledger.expireHolds(later)).toBe(1);
  expect(await flows.ledger.expireHolds(later)).toBe(0);
  expect((await accountOf(a))?.pending).toBe(10n);
});

it('a bank that takes money back drives an account below zero, and what comes in pays that first', async () => {
  const [source = '', a = ''] = await open(0);
  await post([move(source, a, 40)]);
  await flows.ledger.operateAccount({ accountId: a, operation: { action: 'freeze' }, reason: 'Suspected fraud' }, by());
  expect(await post([move(a, source, 100)])).toEqual(['account_frozen']);
  expect(await post([move(a, source, 100, { forced: true })])).toEqual(['created']);
  expect(await accountOf(a)).toMatchObject({ balance: -60n, overdraft: 60n });
  await flows.ledger.operateAccount({ accountId: a, operation: { action: 'unfreeze' }, reason: 'Looked into' }, by());
  expect(await post([move(source, a, 50)])).toEqual(['created']);
  expect(await accountOf(a)).toMatchObject({ balance: -10n, overdraft: 10n });
  expect(await post([move(source, a, 50)])).toEqual(['created']);
  expect(await accountOf(a)).toMatchObject({ balance: 40n, overdraft: 0n });
  expect(await post([move(a, source, 41)])).toEqual(['insufficient_funds']);
});

it('lends up to the limit with holds counted, and lowers no limit below what is used', async () => {
  const [source = '', a = ''] = await open(100);
  expect(await post([move(a, source, 60, { phase: 'pending' })])).toEqual(['created']);
  expect(await post([move(a, source, 41)])).toEqual(['insufficient_funds']);
  const limit = (creditLimitMinor: bigint) =>
    flows.ledger.operateAccount({ accountId: a, operation: { action: 'set_limit', creditLimitMinor }, reason: 'Reviewed' }, by());
  expect(await refusal(limit(59n))).toBe('state_refuses');
  await limit(61n);
  expect(await post([move(a, source, 1)])).toEqual(['created']);
  expect(await post([move(a, source, 1)])).toEqual(['insufficient_funds']);
});

it('closes an account that is empty, for good, and says who did it and why', async () => {
  const [source = '', a = ''] = await open(0);
  await post([move(source, a, 1)]);
  const close = () => flows.ledger.operateAccount({ accountId: a, operation: { action: 'close' }, reason: 'Left us' }, by());
  expect(await refusal(close())).toBe('state_refuses');
  await post([move(a, source, 1)]);
  await close();
  expect(await post([move(source, a, 1)])).toEqual(['account_closed']);
  const { rows } = await db.pool.query('SELECT action, actor, reason FROM audit_log WHERE entity_id = $1', [a]);
  expect(rows).toEqual([{ action: 'account.closed', actor: 'user:finance', reason: 'Left us' }]);
});

it('closes the books after whoever is posting has finished, and before whoever comes next', async () => {
  const [source = '', a = ''] = await open(0);
  const until = new Date(Date.now() - 1_000);
  const old = by(new Date(until.getTime() - 1));
  let closing: Promise<unknown> = Promise.resolve();
  let closed = false;
  await withTx(db.pool, async (tx) => {
    // Somebody who began before the books were closed and has not finished.
    await tx.query('SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE', [a]);
    closing = flows.ledger.closePeriod({ until, reason: 'Month end' }, by()).then(() => {
      closed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(closed).toBe(false);
  });
  await closing;
  expect(await post([move(source, a, 5)], old)).toEqual(['period_closed']);
  expect(await post([move(source, a, 5)])).toEqual(['created']);
  expect(await refusal(flows.ledger.closePeriod({ until, reason: 'Month end' }, by()))).toBe('state_refuses');
  expect(await refusal(flows.ledger.closePeriod({ until: new Date(Date.now() + 60_000), reason: 'Too soon' }, by()))).toBe(
    'invalid_request',
  );
  await expect(db.pool.query('UPDATE ledger_periods SET closed_until = now()')).rejects.toThrow(/permission denied|append-only/);
});

it('refuses the application’s role to change or remove a transfer, and the owner by a trigger', async () => {
  const [source = '', a = ''] = await open(0);
  await post([move(source, a, 5)]);
  for (const statement of ['UPDATE transfers SET amount_minor = 1', 'DELETE FROM transfers', 'TRUNCATE transfers']) {
    await expect(db.pool.query(statement)).rejects.toThrow(/permission denied/);
    await expect(db.ownerPool.query(statement)).rejects.toThrow(/append-only/);
  }
});
