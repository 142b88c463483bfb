import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemContext } from '../../platform/system-context.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

const TODAY = new Date().toISOString().slice(0, 10);

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
  await sell(3);
});
afterAll(() => w.close());
beforeEach(() => report({}));

/** Orders that were paid and shipped. */
async function sell(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: n + 1 }] });
    await w.settle();
    await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
    await w.settle();
  }
}

/** Makes the provider's report wrong in so many rows, or right again. */
async function report(faults: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(faults) };
  expect((await fetch(`${w.psp.controlUrl}/_sim/report`, init)).status).toBe(200);
}

/** Reads the report of today as a worker would, late enough for it to be complete. */
async function reconcile(): Promise<Record<string, unknown>> {
  const { runId } = await w.flows.reconciliation.start({ provider: 'card', from: TODAY, to: TODAY }, w.ctx('finance'));
  await w.flows.reconciliation.read(runId, systemContext('test', 'EU', new Date(Date.now() + 600_000)));
  const { rows } = await w.db.pool.query(
    `SELECT status, matched, missing_here, missing_there, amount_differs FROM reconciliation_runs WHERE id = $1`,
    [runId],
  );
  return rows[0];
}
async function items(status: string) {
  const { rows } = await w.db.pool.query<{
    id: string;
    kind: string;
    theirs_minor: bigint;
    ours_minor: bigint;
    approval_id: string;
  }>('SELECT id, kind, theirs_minor, ours_minor, approval_id FROM reconciliation_items WHERE status = $1 ORDER BY kind', [
    status,
  ]);
  return rows;
}
const resolve = (itemId: string, resolution: 'explain' | 'write_off', who = 'agent', key?: string) =>
  w.flows.reconciliation.resolve({ itemId, resolution, note: 'Looked into it' }, w.ctx(who), key);
async function suspense(): Promise<bigint> {
  const { rows } = await w.db.pool.query<{ n: bigint }>(
    `SELECT (debits_posted - credits_posted) AS n FROM accounts WHERE kind = 'suspense'`,
  );
  return rows[0]?.n ?? 0n;
}

describe('the report of a day', () => {
  it('agrees with what was captured and refunded, fees taken off, however often it is read', async () => {
    const all = { status: 'done', matched: 3, missing_here: 0, missing_there: 0, amount_differs: 0 };
    expect(await reconcile()).toEqual(all);
    expect(await reconcile()).toEqual(all);
    expect(await items('agreed')).toHaveLength(3);
    expect(await items('open')).toEqual([]);
  });

  it('names what it lacks, what it has too much and what it has otherwise, once, and forgets it when it is right again', async () => {
    await report({ missing: 1, other_amount: 1, extra: 1 });
    const wrong = { status: 'done', matched: 1, missing_here: 1, missing_there: 1, amount_differs: 1 };
    expect(await reconcile()).toEqual(wrong);
    expect(await reconcile()).toEqual(wrong);
    const open = await items('open');
    expect(open.map(({ kind }) => kind)).toEqual(['amount_differs', 'missing_here', 'missing_there']);
    expect(Number(open[0]?.theirs_minor) - Number(open[0]?.ours_minor)).toBe(100);
    await report({});
    expect(await reconcile()).toMatchObject({ matched: 3 });
    expect(await items('open')).toEqual([]);
    await w.expectBooksAgree();
  });

  it('is read by two workers at once and stored once', async () => {
    await report({ extra: 1 });
    const { runId } = await w.flows.reconciliation.start({ provider: 'card', from: TODAY, to: TODAY }, w.ctx('finance'));
    const again = await w.flows.reconciliation.start({ provider: 'card', from: TODAY, to: TODAY }, w.ctx('finance'));
    expect(again.runId).toBe(runId);
    const late = systemContext('test', 'EU', new Date(Date.now() + 600_000));
    await Promise.all([w.flows.reconciliation.read(runId, late), w.flows.reconciliation.read(runId, late)]);
    const { rows } = await w.db.pool.query(`SELECT FROM events WHERE aggregate_id = $1 AND type = 'reconciliation.finished'`, [
      runId,
    ]);
    expect(rows).toHaveLength(1);
    expect(await items('open')).toHaveLength(1);
  });

  it('that cannot be had is asked for again later, and a run whose job was lost is found', async () => {
    await w.psp.switches.set({ error_5xx: { on: 'read', next: 1 } });
    const { runId } = await w.flows.reconciliation.start({ provider: 'card', from: TODAY, to: TODAY }, w.ctx('finance'));
    await w.flows.reconciliation.read(runId, systemContext('test', 'EU'));
    const { rows } = await w.db.pool.query('SELECT status, attempts, error FROM reconciliation_runs WHERE id = $1', [runId]);
    expect(rows[0]).toMatchObject({ status: 'running', attempts: 1, error: expect.stringContaining('500') });
    expect(await w.flows.reconciliation.sweep(systemContext('test', 'EU', new Date(Date.now() + 600_000)))).toBe(1);
    await w.flows.reconciliation.read(runId, systemContext('test', 'EU'));
    expect((await w.db.pool.query('SELECT status FROM reconciliation_runs WHERE id = $1', [runId])).rows[0]).toEqual({
      status: 'done',
    });
  });
});

describe('a difference', () => {
  async function oneOpen(faults: object): Promise<string> {
    await report(faults);
    await reconcile();
    const [item, ...more] = await items('open');
    if (!item || more.length > 0) throw new Error(`Expected one difference, found ${more.length + 1}`);
    return item.id;
  }

  it('is explained by a person, once, and stays explained', async () => {
    const id = await oneOpen({ missing: 1 });
    expect(await resolve(id, 'explain', 'agent', 'k1')).toMatchObject({ status: 'explained' });
    expect(await resolve(id, 'explain', 'agent', 'k1')).toMatchObject({ status: 'explained' });
    await expect(resolve(id, 'explain')).rejects.toMatchObject({ code: 'state_refuses' });
    await report({ missing: 1 });
    await reconcile();
    expect(await items('open')).toEqual([]);
    const { rows } = await w.db.pool.query(
      `SELECT reason FROM audit_log WHERE entity_id = $1 AND action = 'reconciliation.explained'`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'Looked into it' }]);
  });

  it('is written off to suspense once somebody else agrees, and not before', async () => {
    const id = await oneOpen({ extra: 1 });
    const { approvalId } = await resolve(id, 'write_off');
    expect(await suspense()).toBe(0n);
    const decide = (who: string) =>
      w.flows.decideApproval({ approvalId: approvalId as string, decision: 'approve', reason: 'Seen the statement' }, w.ctx(who));
    await expect(decide('agent')).rejects.toMatchObject({ code: 'own_request' });
    await decide('other');
    // 42.00 less the provider's fee of 0.85 arrived, and nobody knows what for.
    expect(await suspense()).toBe(-4_115n);
    expect(await items('written_off')).toHaveLength(1);
    await reconcile();
    expect(await items('written_off')).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('that was written off and is no more is taken back from suspense, once; what changed is open again', async () => {
    const writtenOff = async (faults: object): Promise<string> => {
      const id = await oneOpen(faults);
      const { approvalId } = await resolve(id, 'write_off');
      await w.flows.decideApproval({ approvalId: approvalId as string, decision: 'approve', reason: 'Seen' }, w.ctx('other'));
      return id;
    };
    const status = async (id: string) =>
      (await w.db.pool.query('SELECT kind, status, write_off_id FROM reconciliation_items WHERE id = $1', [id])).rows[0];
    await report({});
    await reconcile();
    expect(await suspense(), 'the row too many of before is gone').toBe(0n);

    const missing = await writtenOff({ missing: 2 });
    const differs = await writtenOff({ missing: 2, other_amount: 1 });
    expect(await suspense()).not.toBe(0n);
    const waiting = await oneOpen({ missing: 2, other_amount: 1, extra: 1 });
    const { approvalId } = await resolve(waiting, 'write_off');
    await report({});
    const { runId } = await w.flows.reconciliation.start({ provider: 'card', from: TODAY, to: TODAY }, w.ctx('finance'));
    const late = systemContext('test', 'EU', new Date(Date.now() + 600_000));
    await Promise.all([w.flows.reconciliation.read(runId, late), w.flows.reconciliation.read(runId, late)]);
    await reconcile();
    expect(await status(missing)).toMatchObject({ status: 'gone', write_off_id: null });
    expect(await status(differs)).toMatchObject({ kind: 'matched', status: 'agreed', write_off_id: null });
    expect(await suspense()).toBe(0n);
    const { rows } = await w.db.pool.query(`SELECT count(*)::int AS n FROM transfers WHERE kind = 'write_off_undone'`);
    expect(rows).toEqual([{ n: 3 }]);
    const approve = { approvalId: approvalId as string, decision: 'approve', reason: 'Too late' } as const;
    await expect(w.flows.decideApproval(approve, w.ctx('other'))).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await status(waiting)).toMatchObject({ status: 'gone' });
    await w.expectBooksAgree();
  });

  it('whose write-off is rejected is open again', async () => {
    const id = await oneOpen({ other_amount: 1 });
    const { approvalId } = await resolve(id, 'write_off');
    const before = await suspense();
    await w.flows.decideApproval({ approvalId: approvalId as string, decision: 'reject', reason: 'Ask them' }, w.ctx('other'));
    expect(await items('open')).toMatchObject([{ id, approval_id: null }]);
    expect(await suspense()).toBe(before);
  });
});
