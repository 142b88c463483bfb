import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import { type CreatePurchaseOrderInput, MAX_PURCHASE_LINES } from '../../domains/purchasing/schema.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { FilePreview } from '../../domains/stock-files/rules.ts';
import type { PurchaseFileInput, PurchaseRow } from '../../domains/stock-files/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import type { Table } from '../csv-table.ts';
import { create, lockPurchasing, type Purchasing, writePurchasing } from '../stock-work/edit-purchase-order.ts';
import { demandFile, FilePlan, planOnly, readStockFile } from './file-plan.ts';
import type { ImportedFile } from './import-levels.ts';

/**
 * Makes drafts of purchase orders from a file: lines with the same supplier, node and day are one order. Lines that carry a number were exported
 * and are orders already; they change nothing here.
 */
export interface ReadPurchases extends Omit<PurchaseFileInput, 'csv'> {
  readonly file: Table<PurchaseRow>;
}

interface Known {
  readonly byCode: catalog.EditingState['byCode'];
  /** Numbers of this merchant's orders that the file names. */
  readonly numbers: ReadonlySet<string>;
}

interface Drafting extends Purchasing {
  readonly known: ReadonlyMap<ReadPurchases, Known>;
}

const groupOf = ({ supplier, node, expected_on }: PurchaseRow): string => JSON.stringify([supplier, node, expected_on ?? null]);
const isNew = (row: PurchaseRow): boolean => !row.number?.trim();

async function lock(tx: Tx, requests: readonly Request<ReadPurchases>[]): Promise<Drafting> {
  const { ctx } = requests[0] as Request<ReadPurchases>;
  const known = new Map<ReadPurchases, Known>();
  for (const { input } of requests) {
    const { merchantId, file } = input;
    const codes = [...new Set(file.rows.map(({ row }) => row.sku))].map((code) => ({ merchantId, code }));
    const { byCode } = await catalog.loadForEditing(tx, { merchantIds: [merchantId], skuIds: [], codes });
    const named = file.rows.flatMap(({ row }) => (isNew(row) ? [] : [row.number?.trim() ?? '']));
    known.set(input, { byCode, numbers: await purchasing.numbersOf(tx, merchantId, [...new Set(named)]) });
  }
  const fresh = requests.map(({ input }) => new Set(input.file.rows.flatMap(({ row }) => (isNew(row) ? [groupOf(row)] : []))));
  const world = await lockPurchasing(
    tx,
    {
      ids: [],
      merchantIds: requests.map(({ input }) => input.merchantId),
      skuIds: [...known.values()].flatMap(({ byCode }) => [...byCode.values()].map(({ id }) => id)),
      seen: [],
      numbers: fresh.reduce((sum, groups) => sum + groups.size, 0),
    },
    ctx,
  );
  return { ...world, known };
}

function plan(world: Drafting, input: ReadPurchases): { orders: CreatePurchaseOrderInput[]; preview: FilePreview } {
  const { merchantId, file } = input;
  const { byCode, numbers } = world.known.get(input) as Known;
  const nodes = new Map((world.nodes.get(merchantId) ?? []).map((node) => [node.code, node.id]));
  const found = new FilePlan(file.rejected);
  const orders = new Map<string, CreatePurchaseOrderInput>();
  for (const { line, row } of file.rows) {
    const where = `${row.supplier} · ${row.node}`;
    if (!isNew(row)) {
      const number = row.number?.trim() ?? '';
      if (numbers.has(number)) found.accept({ line, sku: row.sku, where: number, changes: [] });
      else found.reject(line, row.sku, 'number', 'There is no such purchase order. Leave this cell empty to make a new one');
      continue;
    }
    const sku = byCode.get(catalog.codeKey({ merchantId, code: row.sku }));
    const nodeId = nodes.get(row.node);
    const order = orders.get(groupOf(row));
    if (!sku) found.reject(line, row.sku, 'sku', 'This merchant has no such SKU. Import the product first');
    else if (!sku.stocked) found.reject(line, row.sku, 'sku', 'This SKU is not stocked');
    else if (!nodeId) found.reject(line, row.sku, 'node', `There is no such node. There are: ${[...nodes.keys()].join(', ')}`);
    else if (order && order.lines.length >= MAX_PURCHASE_LINES)
      found.reject(line, row.sku, null, `An order has at most ${MAX_PURCHASE_LINES} lines: give the rest another day`);
    else {
      found.accept({ line, sku: row.sku, where, changes: [{ column: 'quantity', before: '', after: String(row.quantity) }] });
      const own = order ?? { merchantId, nodeId, supplier: row.supplier, expectedOn: row.expected_on ?? null, lines: [] };
      const wish = { skuId: sku.id, quantity: row.quantity, unitCost: row.unit_cost, expectedOn: row.line_expected_on };
      orders.set(groupOf(row), { ...own, lines: [...own.lines, wish] });
    }
  }
  return { orders: [...orders.values()], preview: found.preview(false) };
}

function decide(world: Drafting, { input, ctx }: Request<ReadPurchases>): ImportedFile {
  const { orders, preview } = plan(world, input);
  demandFile(input, preview);
  const numbers = orders.map((order) => create(world, { input: order, ctx }).number);
  return { ...preview, approvalId: null, numbers };
}

export const importPurchases: Verb<ReadPurchases, Drafting, ImportedFile> = {
  name: 'import-purchases',
  lock,
  decide,
  write: writePurchasing,
};

export async function readPurchases({ csv, ...input }: PurchaseFileInput): Promise<ReadPurchases> {
  return { ...input, file: await readStockFile('purchase_orders', csv) };
}

export async function previewPurchases(pool: pg.Pool, input: PurchaseFileInput, ctx: Ctx): Promise<FilePreview> {
  const read = await readPurchases(input);
  return planOnly(pool, async (tx) => plan(await lock(tx, [{ input: read, ctx, key: '' }]), read).preview);
}
