import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlacedOrder } from '../placed-order.ts';
import { dieEverywhere } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 2_000 });
});
afterAll(() => w.close());

const ADDRESS = { line1: 'Am Markt 1', city: 'Bremen', postalCode: '28195', country: 'DE' };
const profile = (rest: { prefix?: string; version?: bigint } = {}) => ({
  ...{
    merchantId: w.merchantId,
    legalName: 'Test Trading GmbH',
    address: ADDRESS,
    taxNumber: 'DE123456789',
    prefix: 'TST',
    ...rest,
  },
});
const issue = (...orders: { id: string }[]) =>
  w.flows.invoices.issue(
    orders.map(({ id }) => id),
    w.ctx('invoices'),
  );

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly number: string;
  readonly total_minor: bigint;
  readonly tax_minor: bigint;
  readonly corrects: string[];
  readonly seller: { name: string };
  readonly country: string;
}
async function documents(order: { id: string }): Promise<Row[]> {
  const { rows } = await w.db.pool.query<Row>('SELECT * FROM invoices WHERE order_id = $1 ORDER BY id', [order.id]);
  return rows;
}
const totals = async (order: { id: string }) => (await documents(order)).map(({ kind, total_minor }) => [kind, total_minor]);
const numbers = async (order: { id: string }) => (await documents(order)).map(({ number }) => number);

async function shipped(lines: [string, number][], units?: [number, number][]): Promise<PlacedOrder> {
  const placed = await w.place({ lines: lines.map(([sku, quantity]) => ({ sku, quantity })) });
  await w.settle();
  await ship(placed, units);
  return placed;
}
async function ship(placed: PlacedOrder, units?: [number, number][]): Promise<void> {
  const named = units?.map(([line, quantity]) => ({ lineId: placed.lines[line]?.id as string, quantity }));
  await w.flows.shipOrder({ orderId: placed.id, ...(named ? { units: named } : {}) }, w.ctx());
  await w.settle();
}

describe('who sells', () => {
  it('is written on invoices from the day it was first said; nothing is issued before', async () => {
    const early = await shipped([['MUG', 1]]);
    expect(await issue(early)).toBe(0);
    w.advanceClock(1_000);
    expect(await w.flows.invoices.saveProfile(profile(), w.ctx())).toMatchObject({ version: 1 });
    // It left before.
    expect(await issue(early)).toBe(0);
    expect(await documents(early)).toEqual([]);
  });

  it('is changed by who saw what it says; a prefix is one merchant’s and stays once it is on a number', async () => {
    await expect(w.flows.invoices.saveProfile(profile(), w.ctx())).rejects.toMatchObject({ code: 'conflict' });
    expect(await w.flows.invoices.saveProfile(profile({ prefix: 'TEST', version: 1n }), w.ctx())).toMatchObject({ version: 2 });
    const first = await shipped([['MUG', 2]]);
    expect(await issue(first)).toBe(1);
    const again = w.flows.invoices.saveProfile(profile({ prefix: 'OTHER', version: 2n }), w.ctx());
    await expect(again).rejects.toThrow('Numbers were given under TEST already');
    const [document] = await documents(first);
    expect(document).toMatchObject({
      number: 'TEST-10001',
      total_minor: 2_500n,
      seller: { name: 'Test Trading GmbH' },
      country: 'IT',
    });
  });
});

describe('invoices', () => {
  it('are one per shipment, numbered without a gap, and never two', async () => {
    const placed = await shipped(
      [
        ['MUG', 3],
        ['TEE', 1],
      ],
      [[0, 2]],
    );
    await Promise.all(Array.from({ length: 6 }, () => issue(placed)));
    await ship(placed);
    await Promise.all(Array.from({ length: 6 }, () => issue(placed)));
    expect(await totals(placed)).toEqual([
      ['invoice', 2_500n],
      ['invoice', 3_249n],
    ]);
    const [first, second] = (await numbers(placed)).map((number) => Number(number.replace('TEST-', '')));
    expect(second).toBe((first as number) + 1);
    await w.expectBooksAgree();
  });

  it('cannot be changed, nor taken away', async () => {
    const placed = await shipped([['MUG', 1]]);
    await issue(placed);
    await expect(w.db.pool.query('UPDATE invoices SET total_minor = 1')).rejects.toThrow();
    await expect(w.db.pool.query('DELETE FROM invoice_lines')).rejects.toThrow();
  });

  it('are taken back by credit notes that name them: units whole, a part of the price with its tax; goodwill and cancelled units by none', async () => {
    const placed = await shipped(
      [
        ['MUG', 3],
        ['TEE', 1],
      ],
      [[0, 2]],
    );
    const refund = (input: Parameters<typeof w.flows.refundOrder>[0]) => w.flows.refundOrder(input, w.ctx());
    await issue(placed);
    await refund({
      kind: 'units',
      orderId: placed.id,
      units: [{ lineId: placed.lines[0]?.id as string, quantity: 1 }],
      reason: 'damaged',
    });
    await refund({ kind: 'goodwill', orderId: placed.id, amountMinor: 100n, reason: 'late' });
    await w.settle();
    await w.flows.cancelOrder(
      { orderId: placed.id, units: [{ lineId: placed.lines[0]?.id as string, quantity: 1 }], reason: 'out_of_stock' },
      w.ctx(),
    );
    await w.settle();
    await issue(placed);
    await ship(placed);
    await refund({ kind: 'amount', orderId: placed.id, amountMinor: 500n, reason: 'price_adjustment' });
    await w.settle();
    await issue(placed);
    expect(await totals(placed)).toEqual([
      ['invoice', 2_500n],
      ['credit_note', 1_250n],
      ['invoice', 1_999n],
      ['credit_note', 500n],
    ]);
    const [first, credit, second, part] = await documents(placed);
    expect(credit).toMatchObject({ number: 'TEST-C10001', corrects: [first?.number] });
    expect(part?.corrects).toEqual([first?.number, second?.number]);
    const invoicedTax = (first?.tax_minor ?? 0n) + (second?.tax_minor ?? 0n);
    expect((credit?.tax_minor ?? 0n) + (part?.tax_minor ?? 0n)).toBeLessThan(invoicedTax + 1n);
    await w.expectBooksAgree();
  });

  it('are issued once wherever their worker dies', async () => {
    const died = await dieEverywhere(
      { ...w, clock: w.clock, pool: w.db.pool },
      {
        begin: async () => {
          const placed = await shipped([['MUG', 1]]);
          return placed;
        },
        work: (flows, placed) => flows.invoices.issue([placed.id], w.ctx('invoices')),
        end: async (placed, how) => {
          await issue(placed);
          expect(await totals(placed), how).toEqual([['invoice', 1_250n]]);
        },
      },
    );
    expect(died).toBeGreaterThanOrEqual(2);
    await w.expectBooksAgree();
  });
});
