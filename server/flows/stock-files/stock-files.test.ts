import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StockFileInput } from '../../domains/stock-files/schema.ts';
import { csvLine } from '../../platform/csv.ts';
import { countCsv, levelsCsv, purchasesCsv, receiptCsv } from '../../views/stock-files.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** Files of stock work, in and out. */
let w: OrderWorld;
const codes: string[] = [];
beforeAll(async () => {
  w = await orderWorld({ stock: 50 });
  const { rows } = await w.db.pool.query<{ id: string; code: string }>('SELECT id, code FROM nodes WHERE id = ANY($1)', [
    w.nodes,
  ]);
  for (const id of w.nodes) codes.push(rows.find((row) => row.id === id)?.code ?? '');
});
afterAll(() => w.close());

const files = () => w.flows.stockWork.files;
const sku = (code: string): string => w.skus[code] as string;
const node = (at = 0): string => w.nodes[at] as string;
const EVERYTHING = { merchantId: null, customerId: null };
type Rest = { mode?: 'all' | 'accepted'; fingerprint?: string };
const levels = (csv: string, rest: Rest = {}): StockFileInput => ({
  kind: 'levels',
  merchantId: w.merchantId,
  csv,
  mode: 'all',
  ...rest,
});
const look = (input: StockFileInput) => files().preview(input, w.ctx('warehouse'));
const apply = (input: StockFileInput, key?: string) => files().apply(input, w.ctx('warehouse'), key);
const file = (header: string, ...lines: string[]): string => [header, ...lines, ''].join('\n');
async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
async function stock(code: string, at = 0) {
  const { rows } = await w.db.pool.query(
    'SELECT on_hand::int AS "onHand", safety::int, bin FROM node_stock WHERE sku_id = $1 AND node_id = $2',
    [sku(code), node(at)],
  );
  return rows[0];
}
async function snapshot(): Promise<unknown> {
  const { rows } = await w.db.pool.query(
    `SELECT (SELECT jsonb_agg(s ORDER BY sku_id, node_id) FROM node_stock s) AS stock, (SELECT count(*) FROM stock_movements) AS movements,
       (SELECT jsonb_agg(r ORDER BY id) FROM reorder_points r) AS points, (SELECT count(*) FROM purchase_orders) AS orders`,
  );
  return rows[0];
}
const reasons = (preview: { rejected: readonly { line: number; column: string | null; reason: string }[] }) =>
  preview.rejected.map(({ line, column, reason }) => [line, column, reason]);

describe('a levels file', () => {
  it('shows what each line would do, and does it once', async () => {
    const csv = file(
      'sku,node,expected,on_hand,safety,bin,reorder_point,reorder_quantity',
      `MUG,${codes[0]},50,48,5,A-01,10,24`,
      `TEE,${codes[0]},50,50,,,,`,
      `BAG,*,,,,,30,12`,
    );
    const plan = await look(levels(csv));
    expect(plan).toMatchObject({ changed: 2, unchanged: 1, rejectedCount: 0, waits: false });
    expect(plan.sample[0]).toEqual({
      line: 2,
      sku: 'MUG',
      where: codes[0],
      changes: [
        { column: 'on_hand', before: '50', after: '48' },
        { column: 'safety', before: '0', after: '5' },
        { column: 'bin', before: '', after: 'A-01' },
        { column: 'reorder_point', before: '', after: '10' },
        { column: 'reorder_quantity', before: '', after: '24' },
      ],
    });
    expect(await stock('MUG')).toEqual({ onHand: 50, safety: 0, bin: null });
    const done = await apply(levels(csv, { fingerprint: plan.fingerprint }), 'levels-1');
    expect(await apply(levels(csv, { fingerprint: plan.fingerprint }), 'levels-1')).toEqual(done);
    expect(await stock('MUG')).toEqual({ onHand: 48, safety: 5, bin: 'A-01' });
    const { rows } = await w.db.pool.query(
      `SELECT kind, on_hand_delta, reason FROM stock_movements WHERE sku_id = $1 ORDER BY id DESC LIMIT 2`,
      [sku('MUG')],
    );
    expect(rows).toEqual([
      { kind: 'safety', on_hand_delta: 0n, reason: 'safety stock' },
      { kind: 'count', on_hand_delta: -2n, reason: 'counted: levels file' },
    ]);
    const later = await refusalOf(apply(levels(csv, { fingerprint: plan.fingerprint }), 'levels-2'));
    expect(later.code).toBe('plan_changed');
    await w.expectBooksAgree();
  });

  it('that was exported and is read again changes nothing, whatever its cells hold', async () => {
    await w.db.pool.query(`UPDATE node_stock SET bin = '=1+1' WHERE sku_id = $1 AND node_id = $2`, [sku('TEE'), node()]);
    await w.db.ownerPool.query(`UPDATE skus SET name = '@SUM(A1), "x"' WHERE id = $1`, [sku('TEE')]);
    const before = await snapshot();
    const csv = await whole(levelsCsv(w.db.pool, EVERYTHING, { merchantId: w.merchantId }));
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    expect(rows.find((row) => row.sku === 'TEE' && row.node === codes[0])).toMatchObject({
      bin: "'=1+1",
      name: `'@SUM(A1), "x"`,
    });
    expect(rows.find((row) => row.node === '*')).toMatchObject({
      sku: 'BAG',
      on_hand: '',
      reorder_point: '30',
      reorder_quantity: '12',
    });
    expect(rows.length).toBe(7);
    for (const text of [csv, `\uFEFF${csv}`, csv.replaceAll('\r\n', '\n')]) {
      const plan = await look(levels(text));
      expect(plan).toMatchObject({ changed: 0, unchanged: 7, rejected: [] });
    }
    await apply(levels(csv));
    expect(await snapshot()).toEqual(before);
  });

  it('says of every wrong cell where it is and what to do, and changes nothing', async () => {
    const before = await snapshot();
    const csv = file(
      'sku,node,expected,on_hand,safety,bin,reorder_point,reorder_quantity',
      `MUG,${codes[0]},,twelve,,,,`,
      `NOPE,${codes[0]},,1,,,,`,
      `MUG,MARS,,1,,,,`,
      `GIFTWRAP,${codes[0]},,1,,,,`,
      `TEE,${codes[0]},49,40,,,,`,
      `BAG,*,,4,,,,`,
      `BAG,${codes[0]},,,,,5,`,
      `BAG,${codes[1]},,-3,,,,`,
      `MUG,${codes[1]},,1`,
      `TEE,${codes[1]},,99999999999,,${'x'.repeat(61)},,`,
      `,${codes[1]},,1,,,,`,
      `4111111111111111,${codes[1]},,1,,4111111111111111,,`,
      `B\uFFFDG,${codes[1]},,1,,,,`,
      `MUG,${codes[0]},,48,,,,`,
      `BAG,${codes[0]},,50,,,,`,
      `BAG,${codes[0]},,49,,,,`,
    );
    const plan = await look(levels(csv));
    expect(reasons(plan)).toEqual([
      [2, 'on_hand', expect.stringContaining('Use whole units')],
      [3, 'sku', expect.stringContaining('no such SKU')],
      [4, 'node', expect.stringContaining(`There are: ${codes[0]}`)],
      [5, 'sku', 'This SKU is not stocked'],
      [6, 'expected', expect.stringContaining('The record says 50 now, not 49')],
      [7, 'on_hand', expect.stringContaining('name a node')],
      [8, 'reorder_quantity', expect.stringContaining('needs its quantity')],
      [9, 'on_hand', expect.stringContaining('Use whole units')],
      [10, null, expect.stringContaining('It has 4 cells, the header has 8')],
      [11, 'on_hand', expect.stringContaining('Use whole units')],
      [11, 'bin', expect.stringContaining('At most 60 characters')],
      [12, 'sku', expect.stringContaining('Fill this cell')],
      [13, expect.any(String), 'card numbers are not kept here'],
      [14, 'sku', expect.stringContaining('save the file as UTF-8')],
      [17, 'sku', 'line 16 names it already'],
    ]);
    expect(plan).toMatchObject({ changed: 0, unchanged: 2, rejectedCount: 14 });
    expect(await refusalOf(apply(levels(csv)))).toMatchObject({ code: 'invalid_request', data: { rejected: plan.rejected } });
    expect(await snapshot()).toEqual(before);
  });

  it.each([
    ['', /no lines/],
    ['sku,on_hand\nMUG,1', /no column node/],
    ['sku,node,sku\nMUG,A,TEE', /column sku twice/],
    ['sku,node', /no lines/],
    [`sku,node\n${'MUG,A\n'.repeat(5_001)}`, /at most 5000 lines/],
  ])('that cannot be read is refused with what to do: %#', async (csv, says) => {
    expect(await refusalOf(look(levels(csv)))).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(says) });
  });

  it('with an open quote loses no line silently, and the good lines may be taken alone', async () => {
    const csv = file('sku,node,bin', `MUG,${codes[1]},B-01`, `TEE,${codes[1]},"B-02`, `BAG,${codes[1]},B-03`);
    const plan = await look(levels(csv));
    expect(plan).toMatchObject({ changed: 1, rejectedCount: 1 });
    expect(reasons(plan)).toEqual([[3, null, expect.stringContaining('never closed')]]);
    await apply(levels(csv, { mode: 'accepted', fingerprint: plan.fingerprint }));
    expect([(await stock('MUG', 1)).bin, (await stock('BAG', 1)).bin]).toEqual(['B-01', null]);
    const taken = await look(levels(file('sku,node,bin', `MUG,${codes[1]},none`)));
    expect(taken.sample[0]?.changes).toEqual([{ column: 'bin', before: 'B-01', after: '' }]);
  });

  it('cannot keep back what is promised, and counts what the lines before it changed', async () => {
    await w.place({ lines: [{ sku: 'BAG', quantity: 90 }] });
    await w.settle();
    const csv = file('sku,node,on_hand,safety', `BAG,${codes[0]},,11`, `BAG,${codes[1]},45,6`);
    expect(reasons(await look(levels(csv)))).toEqual([
      [2, 'safety', expect.stringContaining('at most 10 can be kept back')],
      [3, 'safety', expect.stringContaining('at most 5 can be kept back')],
    ]);
    const fits = file('sku,node,on_hand,safety', `BAG,${codes[0]},60,11`, `BAG,${codes[1]},,9`);
    await apply(levels(fits));
    expect([await stock('BAG', 0), await stock('BAG', 1)]).toMatchObject([{ onHand: 60, safety: 11 }, { safety: 9 }]);
    await w.expectBooksAgree();
  });

  it('worth much waits for a second person, and only what is counted waits', async () => {
    await w.db.ownerPool.query(
      `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('adjust-stock', 'EUR', 10000)`,
    );
    const csv = file('sku,node,on_hand,bin', `MUG,${codes[1]},30,C-01`, `TEE,${codes[1]},51,C-02`);
    const plan = await look(levels(csv));
    expect(plan).toMatchObject({ changed: 2, waits: true });
    const { approvalId } = await apply(levels(csv, { fingerprint: plan.fingerprint }));
    expect([await stock('MUG', 1), await stock('TEE', 1)]).toMatchObject([
      { onHand: 50, bin: 'C-01' },
      { onHand: 50, bin: 'C-02' },
    ]);
    await w.flows.decideApproval({ approvalId: approvalId as string, decision: 'approve' }, w.ctx('other'));
    expect([(await stock('MUG', 1)).onHand, (await stock('TEE', 1)).onHand]).toEqual([30, 51]);
    await w.db.ownerPool.query('DELETE FROM approval_policies');
    await w.expectBooksAgree();
  });
});

describe('a count’s file', () => {
  it('is filled in, refuses what moved meanwhile, and read again changes nothing', async () => {
    const choice = { by: 'skus' as const, skuIds: ['MUG', 'TEE', 'BAG'].map(sku) };
    const made = await w.flows.stockWork.createCount({ merchantId: w.merchantId, nodeId: node(1), blind: true, choice }, w.ctx());
    const count = (csv: string, rest: Rest = {}): StockFileInput => ({
      kind: 'count',
      countId: made.id,
      csv,
      mode: 'all',
      ...rest,
    });
    const sheet = await whole(countCsv(w.db.pool, EVERYTHING, made.number));
    const rows = parse(sheet, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => [row.sku, row.counted])).toEqual(
      expect.arrayContaining([
        ['MUG', ''],
        ['TEE', ''],
        ['BAG', ''],
      ]),
    );
    expect(Object.keys(rows[0] ?? {})).not.toContain('on_hand');
    expect(await look(count(sheet))).toMatchObject({ changed: 0, unchanged: 3 });
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId: sku('TEE'), nodeId: node(1), delta: 1, reason: 'found' },
      w.ctx(),
    );
    const filled = (figures: Record<string, string>): string =>
      csvLine(Object.keys(rows[0] ?? {})) +
      rows.map((row) => csvLine(Object.values({ ...row, counted: figures[row.sku ?? ''] ?? '' }))).join('');
    const csv = filled({ MUG: '29', TEE: '50' });
    const plan = await look(count(csv));
    expect(plan.sample).toMatchObject([{ sku: 'MUG', changes: [{ column: 'counted', before: '', after: '29' }] }]);
    expect(plan.rejected).toMatchObject([
      { sku: 'TEE', column: 'counted', reason: expect.stringContaining('count this shelf again') },
    ]);
    await apply(count(csv, { mode: 'accepted', fingerprint: plan.fingerprint }), 'count-1');
    expect(await look(count(await whole(countCsv(w.db.pool, EVERYTHING, made.number))))).toMatchObject({
      changed: 0,
      unchanged: 3,
    });
    expect(reasons(await look(count(file('sku,counted', 'GIFTWRAP,1', 'MUG,1.5'))))).toEqual([
      [2, 'sku', expect.stringContaining('has no line of this SKU')],
      [3, 'counted', expect.stringContaining('Use whole units')],
    ]);
    const ended = await w.flows.stockWork.endCount(
      { countId: made.id, outcome: 'finish', leaveUncounted: true },
      w.ctx('warehouse'),
    );
    expect(ended).toMatchObject({ applied: 1 });
    expect((await stock('MUG', 1)).onHand).toBe(29);
    expect((await refusalOf(look(count(sheet)))).code).toBe('state_refuses');
    await w.expectBooksAgree();
  });
});

describe('purchase orders in files', () => {
  const purchases = (csv: string, rest: Rest = {}): StockFileInput => ({
    kind: 'purchase_orders',
    merchantId: w.merchantId,
    csv,
    mode: 'all',
    ...rest,
  });
  const HEAD = 'number,supplier,node,expected_on,sku,quantity,unit_cost';

  it('make one draft per supplier, node and day; exported ones are known again', async () => {
    const csv = file(
      HEAD,
      `,=Makers,${codes[0]},2026-12-24,MUG,120,4.10`,
      `,=Makers,${codes[0]},2026-12-24,TEE,12,`,
      `,=Makers,${codes[0]},2026-12-31,TEE,12,`,
      `,=Makers,${codes[0]},2026-12-24,NOPE,1,`,
      `,=Makers,${codes[0]},24.12.2026,BAG,1,"4,10"`,
      `EU-B1,=Makers,${codes[0]},,BAG,1,`,
    );
    const plan = await look(purchases(csv));
    expect(reasons(plan)).toEqual([
      [5, 'sku', expect.stringContaining('no such SKU')],
      [6, 'expected_on', expect.stringContaining('Use a day such as')],
      [6, 'unit_cost', expect.stringContaining('Use a plain number')],
      [7, 'number', expect.stringContaining('no such purchase order')],
    ]);
    const done = await apply(purchases(csv, { mode: 'accepted', fingerprint: plan.fingerprint }), 'purchases-1');
    expect(done.numbers).toHaveLength(2);
    expect((await apply(purchases(csv, { mode: 'accepted', fingerprint: plan.fingerprint }), 'purchases-1')).numbers).toEqual(
      done.numbers,
    );
    const { rows } = await w.db.pool.query('SELECT status, supplier FROM purchase_orders WHERE number = ANY($1)', [done.numbers]);
    expect(rows).toEqual([
      { status: 'draft', supplier: '=Makers' },
      { status: 'draft', supplier: '=Makers' },
    ]);
    const out = await whole(purchasesCsv(w.db.pool, EVERYTHING, {}));
    expect(parse(out, { columns: true })).toHaveLength(3);
    expect(out).toContain("'=Makers");
    const before = await snapshot();
    expect(await apply(purchases(out))).toMatchObject({ changed: 0, unchanged: 3, numbers: [] });
    expect(await snapshot()).toEqual(before);
  });

  it('are received by a file, lot by lot, and never beyond what may arrive', async () => {
    await w.flows.stockWork.trackLots({ skuId: sku('TEE') }, w.ctx());
    const lines = [
      { skuId: sku('MUG'), quantity: 10 },
      { skuId: sku('TEE'), quantity: 10 },
    ];
    const wish = { merchantId: w.merchantId, nodeId: node(), supplier: 'Makers', lines, order: true };
    const order = await w.flows.stockWork.createPurchaseOrder(wish, w.ctx());
    const receipt = (csv: string, rest: Rest = {}): StockFileInput => ({
      kind: 'receipt',
      purchaseOrderId: order.id,
      csv,
      mode: 'all',
      ...rest,
    });
    const template = await whole(receiptCsv(w.db.pool, EVERYTHING, order.number));
    expect(await look(receipt(template))).toMatchObject({ changed: 0, unchanged: 2 });
    const csv = file(
      'sku,received,damaged,lot,expires_on',
      'MUG,9,2,,',
      'TEE,4,,,',
      'TEE,4,,L1,2027-01-01',
      'TEE,4,,L2,2027-02-01',
      'TEE,3,,L3,',
      'BAG,1,,,',
    );
    expect(reasons(await look(receipt(csv)))).toEqual([
      [2, 'received', '10 more may arrive. Receive that much, and order the rest'],
      [3, 'lot', expect.stringContaining('say which lot arrived')],
      [6, 'received', '2 more may arrive. Receive that much, and order the rest'],
      [7, 'sku', expect.stringContaining('has no line of this SKU')],
    ]);
    const before = await stock('MUG');
    const good = file('sku,received,damaged,lot,expires_on', 'MUG,9,1,,', 'TEE,4,,L1,2027-01-01', 'TEE,4,,L2,2027-02-01');
    const plan = await look(receipt(good));
    await apply(receipt(good, { fingerprint: plan.fingerprint }), 'receipt-1');
    await apply(receipt(good, { fingerprint: plan.fingerprint }), 'receipt-1');
    expect((await stock('MUG')).onHand).toBe(before.onHand + 9);
    const { rows } = await w.db.pool.query(
      `SELECT code, on_hand FROM stock_lots WHERE sku_id = $1 AND node_id = $2 AND code <> '' ORDER BY code`,
      [sku('TEE'), node()],
    );
    expect(rows).toEqual([
      { code: 'L1', on_hand: 4n },
      { code: 'L2', on_hand: 4n },
    ]);
    expect(await look(receipt(await whole(receiptCsv(w.db.pool, EVERYTHING, order.number))))).toMatchObject({ unchanged: 1 });
    await w.expectBooksAgree();
  });
});
