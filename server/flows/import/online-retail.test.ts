import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportWorld, importWorld } from '../testing/import-world.ts';
import type { SourceFile } from './read-files.ts';

let w: ImportWorld;
beforeAll(async () => {
  w = await importWorld();
});
afterAll(() => w.close());

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const file = (name: string, ...lines: (string | Buffer)[]): SourceFile => ({
  name,
  bytes: Buffer.concat([HEADER, ...lines].flatMap((line) => [Buffer.from(line), Buffer.from('\n')])),
});

const MONDAY = file(
  'monday.csv',
  '1001,10001,RED MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom', // 2
  '1001,10001,RED MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom', // 3: the same again is another line
  '1001,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850.0,United Kingdom', // 4
  '1002,10002,"BAG, ""JUMBO""",3,2010-12-01 09:00:00,0.335,12583.0,France', // 5: finer than a penny
  '1003,10001,RED MUG,1,2010-12-01 10:00:00,4.25,,United Kingdom', // 6: a guest
  '1004,M,Manual,1,2010-12-01 10:30:00,25.00,17850.0,United Kingdom', // 7: an order of services only
  'C1005,10001,RED MUG,-8,2010-12-01 12:00:00,2.55,17850.0,United Kingdom', // 8: two lines give it back
  'C1006,10001,RED MUG,-6,2010-12-01 13:00:00,2.50,17850.0,United Kingdom', // 9: four are left, sold dearer
  'C1007,10001,RED MUG,-1,2010-12-01 14:00:00,4.25,,United Kingdom', // 10: nobody knows which guest
  'C1008,10002,BAG,-1,2010-12-01 15:00:00,0.335,12583.0,France', // 11
  'C1009,D,Discount,-1,2010-12-01 16:00:00,5.00,17850.0,United Kingdom', // 12: was never sold
  '1010,10001,damaged?,-2,2010-12-01 17:00:00,0.0,,United Kingdom', // 13
  '1011,10001,RED MUG,1,2010-12-01 18:00:00,0.0,,United Kingdom', // 14
  '1012,10001,RED MUG,x,2010-12-01 18:00:00,1.00,,United Kingdom', // 15
  '1013,10001,RED MUG,1,2010-02-30 18:00:00,1.00,,United Kingdom', // 16
  '1014,10001,RED MUG,1,2010-12-01 18:00:00', // 17
  Buffer.from('1015,10001,CAF\u00c9,1,2010-12-01 18:00:00,1.00,,United Kingdom', 'latin1'), // 18
  'C1016,10001,RED MUG,-1,2010-12-01 08:00:00,2.55,12583.0,France', // 19: another customer's
);

describe('an import', () => {
  it('brings every line to exactly one bucket, and names every penny between source and ledger', async () => {
    const report = await w.run([MONDAY]);
    const lines = await w.lines();
    const seen = Object.fromEntries(lines.map(({ line, bucket, ledger }) => [String(line), `${bucket} ${ledger}`]));
    expect(seen).toEqual({
      2: 'sale 1530',
      3: 'sale 1530',
      4: 'sale 1800',
      5: 'sale 101',
      6: 'sale 425',
      7: 'sale 2500',
      8: 'refund -2040',
      9: 'refund_partial -1020',
      10: 'refund_unmatched 0',
      11: 'refund -33',
      12: 'refund_unmatched 0',
      13: 'adjustment 0',
      14: 'reject 0',
      15: 'reject 0',
      16: 'reject 0',
      17: 'reject 0',
      18: 'reject 0',
      19: 'refund_unmatched 0',
    });
    const at = (line: number) => lines.find((row) => row.line === line);
    expect(at(5)).toMatchObject({ source: 1.005, rounding: -0.005 });
    expect(at(9)).toMatchObject({ source: -15, variance: 0.2, unmatched: -5 });
    expect(at(11)).toMatchObject({ source: -0.335, rounding: -0.005 });
    for (const [line, reason] of [
      [14, 'The price is zero or less.'],
      [15, 'Quantity is not a whole number: x.'],
      [16, 'InvoiceDate is not a date'],
      [17, 'The line has 5 columns; the header has 8:'],
      [18, 'The line is not UTF-8:'],
    ] as const) {
      expect(at(line)?.reason).toContain(reason);
    }
    for (const { bucket, source, ledger, variance, rounding, unmatched } of lines) {
      if (bucket === 'adjustment' || bucket === 'reject') continue;
      expect(Number(ledger) / 100 + Number(variance) + Number(rounding) + Number(unmatched)).toBeCloseTo(Number(source), 6);
    }
    expect(report).toMatchObject({ linesRead: 18, resumed: false, ledger: { salesMinor: 7886n, refundsMinor: 3093n } });
    await w.expectBooksAgree();
  });

  it('makes orders like any other: placed then, paid, captured and shipped, of a known customer or a guest', async () => {
    const { rows } = await w.db.pool.query(
      `SELECT o.external_id AS invoice, o.status, o.payment_status AS payment, o.placed_at AS at, c.country, r.external_id AS customer
       FROM orders o LEFT JOIN customers c ON c.id = o.customer_id LEFT JOIN customer_references r ON r.customer_id = c.id ORDER BY 1`,
    );
    expect(rows).toEqual([
      {
        invoice: '1001',
        status: 'FULFILLED',
        payment: 'PARTIALLY_REFUNDED',
        at: new Date('2010-12-01T08:26:00Z'),
        country: 'GB',
        customer: '17850',
      },
      {
        invoice: '1002',
        status: 'FULFILLED',
        payment: 'PARTIALLY_REFUNDED',
        at: new Date('2010-12-01T09:00:00Z'),
        country: 'FR',
        customer: '12583',
      },
      {
        invoice: '1003',
        status: 'FULFILLED',
        payment: 'CAPTURED',
        at: new Date('2010-12-01T10:00:00Z'),
        country: null,
        customer: null,
      },
      {
        invoice: '1004',
        status: 'FULFILLED',
        payment: 'CAPTURED',
        at: new Date('2010-12-01T10:30:00Z'),
        country: 'GB',
        customer: '17850',
      },
    ]);
    const stock = await w.db.pool.query<{ code: string; left: bigint }>(
      'SELECT s.code, n.on_hand AS left FROM node_stock n JOIN skus s ON s.id = n.sku_id ORDER BY 1',
    );
    expect(stock.rows.every((row) => row.left === 0n)).toBe(true);
    const services = await w.db.pool.query('SELECT code FROM skus WHERE NOT stocked ORDER BY code');
    expect(services.rows).toEqual([{ code: 'M' }, { code: 'POST' }]);
  });

  it('changes nothing when it is started again', async () => {
    const before = await w.lines();
    const again = await w.run([MONDAY]);
    expect(again).toMatchObject({ resumed: true, ledger: { salesMinor: 7886n, refundsMinor: 3093n } });
    expect(await w.lines()).toEqual(before);
    await w.expectBooksAgree();
  });

  it('lets a later file give back what an earlier one sold', async () => {
    const report = await w.run([
      file(
        'tuesday.csv',
        'C1020,10002,BAG,-2,2010-12-02 09:00:00,0.335,12583.0,France',
        'C1021,10002,BAG,-1,2010-12-02 10:00:00,0.335,12583.0,France',
      ),
    ]);
    expect(report.buckets.map(({ bucket, lines }) => [bucket, lines])).toEqual([
      ['refund', 1],
      ['refund_unmatched', 1],
    ]);
    await w.expectBooksAgree();
  });
});
