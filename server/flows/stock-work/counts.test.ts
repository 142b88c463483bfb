import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** Shelves that are counted while the house is at work. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 50 });
  // A mug is 12.50, a tee 19.99: from 100.00 on a second person agrees.
  await w.db.ownerPool.query(
    `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('adjust-stock', 'EUR', 10000)`,
  );
});
afterAll(() => w.close());

const sku = (code: string): string => w.skus[code] as string;
const node = (at = 0): string => w.nodes[at] as string;
const flows = () => w.flows.stockWork;

interface Line {
  readonly id: string;
  readonly version: number;
}

async function sheet(...codes: string[]) {
  const choice = { by: 'skus' as const, skuIds: codes.map(sku) };
  const made = await flows().createCount({ merchantId: w.merchantId, nodeId: node(), blind: true, choice }, w.ctx('warehouse'));
  const { rows } = await w.db.pool.query<{ id: string; code: string; version: bigint }>(
    `SELECT l.id, k.code, n.version FROM stock_count_lines l JOIN skus k ON k.id = l.sku_id
     JOIN node_stock n ON n.sku_id = l.sku_id AND n.node_id = $2 WHERE l.count_id = $1`,
    [made.id, node()],
  );
  const lines = new Map<string, Line>(rows.map(({ id, code, version }) => [code, { id, version: Number(version) }]));
  return { ...made, line: (code: string) => lines.get(code) as Line };
}
type Sheet = Awaited<ReturnType<typeof sheet>>;
const write = (at: Sheet, figures: Record<string, number>) =>
  flows().recordCount(
    {
      countId: at.id,
      lines: Object.entries(figures).map(([code, counted]) => ({
        lineId: at.line(code).id,
        counted,
        seenVersion: at.line(code).version,
      })),
    },
    w.ctx('warehouse'),
  );
const finish = (at: Sheet, rest: Record<string, unknown> = {}) =>
  flows().endCount({ countId: at.id, outcome: 'finish', ...rest }, w.ctx('warehouse'));
const adjust = (code: string, delta: number, reason: 'found' | 'received' = 'found') =>
  w.flows.adjustStock({ merchantId: w.merchantId, skuId: sku(code), nodeId: node(), delta, reason }, w.ctx());
async function onHand(code: string): Promise<bigint> {
  const { rows } = await w.db.pool.query('SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2', [
    sku(code),
    node(),
  ]);
  return rows[0].on_hand;
}
async function statuses(at: Sheet): Promise<Record<string, string>> {
  const { rows } = await w.db.pool.query(
    'SELECT k.code, l.status FROM stock_count_lines l JOIN skus k ON k.id = l.sku_id WHERE l.count_id = $1 ORDER BY 1',
    [at.id],
  );
  return Object.fromEntries(rows.map(({ code, status }) => [code, status]));
}

describe('a count', () => {
  it('applies small differences, and leaves large ones to a second person', async () => {
    const at = await sheet('MUG', 'TEE', 'BAG');
    await write(at, { MUG: 48, TEE: 30, BAG: 50 });
    expect(await onHand('MUG')).toBe(50n);
    const ended = await finish(at);
    expect(ended).toMatchObject({ status: 'finished', applied: 1, waiting: 1 });
    expect(await statuses(at)).toEqual({ BAG: 'agreed', MUG: 'applied', TEE: 'waiting' });
    expect([await onHand('MUG'), await onHand('TEE')]).toEqual([48n, 50n]);
    const approvalId = ended.approvalId as string;
    expect((await refusalOf(w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx('warehouse')))).code).toBe(
      'own_request',
    );
    await w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx('other'));
    expect(await onHand('TEE')).toBe(30n);
    const { rows } = await w.db.pool.query(
      `SELECT kind, on_hand_delta, reason FROM stock_movements WHERE sku_id = ANY($1) AND kind = 'count' ORDER BY id`,
      [[sku('MUG'), sku('TEE')]],
    );
    expect(rows).toEqual([
      { kind: 'count', on_hand_delta: -2n, reason: `counted: ${at.number}` },
      { kind: 'count', on_hand_delta: -20n, reason: `counted: ${at.number}` },
    ]);
    await w.expectBooksAgree();
  });

  it('of units that moved meanwhile is made again; allocations move nothing', async () => {
    const at = await sheet('MUG', 'BAG');
    await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await adjust('BAG', 1);
    const before = await onHand('MUG');
    const written = await write(at, { MUG: Number(before), BAG: 50 });
    expect(written.again).toEqual([at.line('BAG').id]);
    expect(await statuses(at)).toEqual({ BAG: 'moved', MUG: 'agreed' });
    expect((await refusalOf(finish(at))).data).toMatchObject({ uncounted: 1 });
    await flows().recordCount({ countId: at.id, lines: [{ lineId: at.line('BAG').id, counted: 52 }] }, w.ctx('warehouse'));
    expect(await finish(at)).toMatchObject({ applied: 1, waiting: 0 });
    expect(await onHand('BAG')).toBe(52n);
    await w.expectBooksAgree();
  });

  it('applies the difference it found, whatever moves before it is finished', async () => {
    const at = await sheet('BAG');
    const before = await onHand('BAG');
    await write(at, { BAG: Number(before) - 1 });
    await adjust('BAG', 2);
    await finish(at);
    expect(await onHand('BAG')).toBe(before + 1n);
    await w.expectBooksAgree();
  });

  it('waits by units, too, where the merchant says so', async () => {
    await w.db.pool.query('INSERT INTO stock_policies (merchant_id, count_limit_units) VALUES ($1, 2)', [w.merchantId]);
    const at = await sheet('MUG', 'BAG');
    await write(at, { MUG: Number(await onHand('MUG')) + 2, BAG: Number(await onHand('BAG')) + 1 });
    expect(await finish(at)).toMatchObject({ applied: 1, waiting: 1 });
    await w.db.pool.query('DELETE FROM stock_policies').catch(() => w.db.ownerPool.query('DELETE FROM stock_policies'));
  });

  it('that is rejected changes nothing, and one that is left says which lines nobody counted', async () => {
    const at = await sheet('TEE', 'MUG');
    const before = await onHand('TEE');
    await write(at, { TEE: 1 });
    const { approvalId } = await finish(at, { leaveUncounted: true });
    expect(await statuses(at)).toEqual({ MUG: 'left', TEE: 'waiting' });
    await w.flows.decideApproval(
      { approvalId: approvalId as string, decision: 'reject', reason: 'Look behind the shelf' },
      w.ctx('other'),
    );
    expect(await onHand('TEE')).toBe(before);
    expect((await refusalOf(write(at, { TEE: 2 }))).code).toBe('state_refuses');
    await w.expectBooksAgree();
  });

  it('is chosen by bin, by worth, by who was not counted for longest, and at random', async () => {
    await w.db.pool.query(`UPDATE node_stock SET bin = 'A-1' WHERE sku_id = $1 AND node_id = $2`, [sku('BAG'), node()]);
    const choose = async (choice: Parameters<ReturnType<typeof flows>['createCount']>[0]['choice']) => {
      const made = await flows().createCount({ merchantId: w.merchantId, nodeId: node(), blind: false, choice }, w.ctx());
      const { rows } = await w.db.pool.query(
        'SELECT k.code FROM stock_count_lines l JOIN skus k ON k.id = l.sku_id WHERE l.count_id = $1 ORDER BY l.position',
        [made.id],
      );
      return rows.map((row) => row.code);
    };
    expect(await choose({ by: 'bins', bins: ['A-1'] })).toEqual(['BAG']);
    expect(await choose({ by: 'all' })).toContain('MUG');
    expect(await choose({ by: 'random', limit: 2 })).toHaveLength(2);
    expect(await choose({ by: 'worth', limit: 1 })).toHaveLength(1);
    const [stalest] = await choose({ by: 'oldest', limit: 1 });
    expect(stalest).not.toBe('TEE');
    expect((await refusalOf(choose({ by: 'bins', bins: ['Z-9'] }))).code).toBe('invalid_request');
  });

  it('finished at two doors at once is applied once', async () => {
    const at = await sheet('BAG');
    const before = await onHand('BAG');
    await write(at, { BAG: Number(before) - 1 });
    const ends = await Promise.allSettled(Array.from({ length: 5 }, () => finish(at)));
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
    expect(await onHand('BAG')).toBe(before - 1n);
    await w.expectBooksAgree();
  });
});

describe('many adjustments as one', () => {
  const row = (code: string, delta: number) => ({ skuId: sku(code), nodeId: node(), delta, reason: 'found' as const });
  const rows = (mode: 'all' | 'accepted', ...all: ReturnType<typeof row>[]) =>
    flows().adjustRows({ merchantId: w.merchantId, mode, rows: all }, w.ctx('warehouse'));

  it('are all applied or none, unless only the good ones are asked for', async () => {
    const before = await onHand('MUG');
    const wrong = { ...row('MUG', 1), skuId: newId() };
    const error = await refusalOf(rows('all', row('MUG', 1), wrong, row('BAG', -9_999), row('MUG', 2)));
    expect(error.data).toMatchObject({ refused: [{ row: 1 }, { row: 2 }, { row: 3 }] });
    expect(await onHand('MUG')).toBe(before);
    const done = await rows('accepted', row('MUG', 1), wrong);
    expect(done).toMatchObject({ status: 'applied', rows: 1, refused: [{ row: 1 }] });
    expect(await onHand('MUG')).toBe(before + 1n);
    await w.expectBooksAgree();
  });

  it('that together are worth more than one person may decide wait for one word', async () => {
    const before = [await onHand('MUG'), await onHand('BAG')] as const;
    const asked = await rows('all', row('MUG', 20), row('BAG', 20));
    expect(asked.status).toBe('awaiting_approval');
    expect(await onHand('MUG')).toBe(before[0]);
    await w.flows.decideApproval({ approvalId: asked.approvalId as string, decision: 'approve' }, w.ctx('other'));
    expect([await onHand('MUG'), await onHand('BAG')]).toEqual([before[0] + 20n, before[1] + 20n]);
    await w.expectBooksAgree();
  });
});
