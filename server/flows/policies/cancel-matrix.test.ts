import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  MATRIX_SCOPES,
  MATRIX_STATES,
  MATRIX_TERMS,
  type MatrixScope,
  type MatrixState,
  matrixCell,
  selectionOf,
} from '../../cli/cancellation-page.ts';
import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import type { TermsKind } from '../../domains/policies/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { CANCEL_ACTORS, type CancelActor } from '../../kernel/vocabulary.ts';
import { type PartnersWorld, partnersWorld } from '../testing/partner-world.ts';

/**
 * Every cell of docs/cancellation.md on a real order: brought into its state, cancelled by each actor in each scope, and compared with what the
 * rules said would happen, sentence and cent.
 */
let w: PartnersWorld;
beforeAll(async () => {
  w = await partnersWorld();
  for (const [code, price, node] of GOODS) await stock(code, price, node === 'LOGI' ? w.at.thirdParty : w.nodes[0]);
  const skuId = w.skus.CUP_B as string;
  const later = { kind: 'backorder', limitUnits: 1_000, leadDays: 20 };
  await w.flows.setBackorderPolicy(setBackorderPolicyInput.parse({ merchantId: w.merchantId, skuId, ...later }), w.ctx());
});
afterAll(() => w.close());

const GOODS = [
  ['CUP', '12.50', 'N1'],
  ['LID', '5.00', 'N1'],
  ['CUP_3', '12.50', 'LOGI'],
  ['LID_3', '5.00', 'LOGI'],
  ['CUP_B', '12.50', null],
] as const;

async function stock(code: string, price: string, nodeId: string | undefined): Promise<void> {
  const skuId = newId();
  (w.skus as Record<string, string>)[code] = skuId;
  await w.db.pool.query(
    `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, true, $4, 'EUR', now(), now())`,
    [skuId, w.merchantId, code, price],
  );
  if (code !== 'CUP_B')
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId, nodeId: nodeId as string, delta: 1_000, reason: 'received' },
      w.ctx(),
    );
}

const seen: Partial<Record<TermsKind, number>> = {};
async function say(kind: TermsKind, terms: object): Promise<void> {
  const saved = await w.flows.policies.save(
    { merchantId: w.merchantId, kind, terms, seenVersion: seen[kind] ?? 0 } as never,
    w.ctx(),
  );
  seen[kind] = saved.version;
}

interface Cell {
  readonly state: MatrixState;
  readonly actor: CancelActor;
  readonly scope: MatrixScope;
  id: string;
  lines: { id: string; sku: string }[];
}

const cellsOf = (name: string): Cell[] =>
  MATRIX_STATES.filter((state) => state.name === name).flatMap((state) =>
    CANCEL_ACTORS.flatMap((actor) => MATRIX_SCOPES.map((scope) => ({ state, actor, scope, id: '', lines: [] }))),
  );

async function place(name: string): Promise<Cell[]> {
  const suffix = name === 'partner' ? '_3' : '';
  const cup = name === 'backordered' ? 'CUP_B' : `CUP${suffix}`;
  const lines = [
    { sku: cup, quantity: 2 },
    { sku: `LID${suffix}`, quantity: 1 },
  ];
  return Promise.all(
    cellsOf(name).map(async (cell) => {
      const placed = await w.place({ lines });
      return Object.assign(cell, { id: placed.id, lines: placed.lines.map(({ id, sku }) => ({ id, sku: sku ?? '' })) });
    }),
  );
}

const each = (cells: readonly Cell[], run: (cell: Cell) => Promise<unknown>) => Promise.all(cells.map(run));
const cups = (cell: Cell): string => cell.lines.find(({ sku }) => sku.startsWith('CUP'))?.id as string;
const ship = (cell: Cell, quantity?: number) =>
  w.flows.shipOrder({ orderId: cell.id, ...(quantity ? { units: [{ lineId: cups(cell), quantity }] } : {}) }, w.ctx('warehouse'));
async function deliver(cells: readonly Cell[]): Promise<void> {
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = ANY($1::uuid[])', [
    cells.map((cell) => cell.id),
  ]);
  await Promise.all(
    rows.map(({ id }) => w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx('carrier'))),
  );
}

/** Brings twelve orders of each state there, those of all states together step by step. */
async function reach(): Promise<Map<string, Cell[]>> {
  const states = new Map<string, Cell[]>();
  const of = (name: string): Cell[] => states.get(name) ?? [];
  const put = async (name: string) => void states.set(name, await place(name));
  await say('cancellation', { ...MATRIX_TERMS, remorseMinutes: 10_000, holdGoods: true });
  await put('open');
  await say('cancellation', MATRIX_TERMS);
  await say('capture', { when: 'manual' });
  await put('packed');
  await say('capture', { when: 'confirmation' });
  await put('paid');
  await say('capture', { when: 'shipment' });
  for (const name of [
    'held',
    'backordered',
    'allocated',
    'partner',
    'partly',
    'shipped',
    'delivered',
    'returned',
    'cancelled',
    'refunded',
  ])
    await put(name);
  await each(of('held'), ({ id }) => w.flows.holdOrder({ orderId: id, hold: 'manual', reason: 'to look at it' }, w.ctx()));
  await w.settle();
  await each(of('partly'), (cell) => ship(cell, 1));
  const leaving = ['packed', 'shipped', 'delivered', 'returned', 'refunded'].flatMap(of);
  await each(leaving, (cell) => ship(cell));
  await each(of('cancelled'), ({ id }) => w.flows.cancelOrder({ orderId: id, reason: 'duplicate', by: 'system' }, w.ctx()));
  await w.settle();
  await deliver(['delivered', 'returned', 'refunded'].flatMap(of));
  await each(of('returned'), async (cell) => {
    const lines = [{ lineId: cups(cell), quantity: 2, reason: 'damaged' as const }];
    const wish = { orderId: cell.id, lines, wants: 'refund', label: false, approve: true } as const;
    const { id: returnId } = await w.flows.returns.request(wish, w.ctx());
    await w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string }, w.ctx());
    const looked = [{ lineId: cups(cell), quantity: 2, verdict: 'accept' as const }];
    await w.flows.returns.inspect({ returnId, lines: looked }, w.ctx());
    await w.flows.returns.settle({ returnId }, w.ctx());
  });
  await each(of('refunded'), ({ id }) => w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged' }, w.ctx()));
  await w.settle();
  await put('pending');
  return states;
}

async function rowsOf(cells: readonly Cell[]): Promise<Map<string, Record<string, unknown>>> {
  const { rows } = await w.db.pool.query(
    `SELECT id, status, version, payment_status, cancelled_minor, cancellation_fee_minor, captured_minor, refunded_minor, receivable_minor FROM orders
     WHERE id = ANY($1::uuid[])`,
    [cells.map((cell) => cell.id)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

it('every cell happens as the page says, and the books agree', async () => {
  const states = await reach();
  const cells = [...states.values()].flat();
  expect(cells).toHaveLength(MATRIX_STATES.length * CANCEL_ACTORS.length * MATRIX_SCOPES.length);
  const before = await rowsOf(cells);
  for (const cell of cells) expect([cell.state.name, before.get(cell.id)?.status]).toEqual([cell.state.name, cell.state.status]);
  const told = await Promise.all(
    cells.map(({ id, state, actor, scope, lines }) => {
      const cupLine = lines.find(({ sku }) => sku.startsWith('CUP'))?.id as string;
      const units = selectionOf(state, scope)?.map(({ quantity }) => ({ lineId: cupLine, quantity }));
      const wish = { orderId: id, reason: 'customer_request', by: actor, ...(units ? { units } : {}) } as const;
      return w.flows.cancelOrder(wish, w.ctx()).catch((error: unknown) => {
        if (error instanceof DomainError) return error.detail;
        throw error;
      });
    }),
  );
  const refused = await rowsOf(cells);
  await w.settle();
  const after = await rowsOf(cells);
  for (const [index, cell] of cells.entries()) {
    const where = `${cell.state.name}, ${cell.actor}, ${cell.scope}`;
    const expected = matrixCell(cell.state, cell.actor, cell.scope);
    const was = before.get(cell.id) as Record<string, bigint>;
    const is = after.get(cell.id) as Record<string, bigint>;
    const answer = told[index];
    if (!expected.allowed) {
      expect([where, answer]).toEqual([where, expected.sentence]);
      expect([where, refused.get(cell.id)]).toEqual([where, was]);
      continue;
    }
    expect([where, answer]).toEqual([where, expect.objectContaining({ id: cell.id })]);
    const happened = {
      valueMinor: (is.cancelled_minor as bigint) - (was.cancelled_minor as bigint),
      feeMinor: is.cancellation_fee_minor,
      refundedMinor: (is.refunded_minor as bigint) - (was.refunded_minor as bigint),
    };
    const { valueMinor, feeMinor, refundedMinor } = expected;
    expect([where, happened]).toEqual([where, { valueMinor, feeMinor, refundedMinor }]);
    // Nothing is left of it: all is settled, and no more was taken than the fee.
    if (expected.over) expect([where, is.receivable_minor]).toEqual([where, 0n]);
    if (expected.over && cell.state.capturedMinor === 0n) expect([where, is.captured_minor]).toEqual([where, feeMinor]);
  }
  await w.expectBooksAgree();
});
