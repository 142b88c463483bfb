import type pg from 'pg';
import * as lots from '../../domains/lots/service.ts';
import { demand, mayArrive, type PurchaseLine, type PurchaseOrder } from '../../domains/purchasing/rules.ts';
import type { ReceivePurchaseOrderInput } from '../../domains/purchasing/schema.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { FilePreview } from '../../domains/stock-files/rules.ts';
import type { ReceiptFileInput, ReceiptRow } from '../../domains/stock-files/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import type { Table } from '../csv-table.ts';
import { purchaseOrderOf } from '../stock-work/edit-purchase-order.ts';
import { type Receiving, receive, receivePurchaseOrder } from '../stock-work/receive-purchase-order.ts';
import { demandFile, FilePlan, planOnly, readStockFile } from './file-plan.ts';
import type { ImportedFile } from './import-levels.ts';

/** Takes in what was unloaded of a purchase order from a file: by SKU, with its lot where it is tracked by lot. */
export interface ReadReceipt extends Omit<ReceiptFileInput, 'csv'> {
  readonly file: Table<ReceiptRow>;
}

async function lock(tx: Tx, requests: readonly Request<ReadReceipt>[]): Promise<Receiving> {
  const { byId } = await purchasing.lock(
    tx,
    requests.map(({ input }) => input.purchaseOrderId),
  );
  // Whatever the file names is among the order's lines.
  const all = requests.map(({ input, ...rest }): Request<ReceivePurchaseOrderInput> => {
    const lines = (byId.get(input.purchaseOrderId)?.lines ?? []).map(({ id }) => ({ lineId: id, received: 0 }));
    return { ...rest, input: { purchaseOrderId: input.purchaseOrderId, lines } };
  });
  return receivePurchaseOrder.lock(tx, all);
}

type Arriving = ReceivePurchaseOrderInput['lines'];

function plan(world: Receiving, { purchaseOrderId, file }: ReadReceipt): { lines: Arriving; preview: FilePreview } {
  const order = purchaseOrderOf(world, purchaseOrderId);
  demand(order, 'receive');
  const found = new FilePlan(file.rejected);
  const arrived = new Map<string, bigint>();
  const lines: Arriving[number][] = [];
  for (const { line, row } of file.rows) {
    const units = row.received + (row.damaged ?? 0);
    const own = lineOf(world, order, row.sku);
    const problem = own
      ? problemOf(world, order, own, row, arrived.get(own.id) ?? 0n)
      : { column: 'sku', message: `${order.number} has no line of this SKU` };
    if (problem) {
      found.reject(line, row.sku, problem.column, problem.message);
      continue;
    }
    const changes = [
      { column: 'received', before: '', after: String(row.received) },
      ...(row.damaged ? [{ column: 'damaged', before: '', after: String(row.damaged) }] : []),
    ];
    found.accept({ line, sku: row.sku, where: row.lot ?? order.number, changes: units === 0 ? [] : changes });
    if (!own || units === 0) continue;
    arrived.set(own.id, (arrived.get(own.id) ?? 0n) + BigInt(units));
    const lot = row.lot && row.received > 0 ? { lot: { code: row.lot, expiresOn: row.expires_on ?? null } } : {};
    lines.push({ lineId: own.id, received: row.received, damaged: row.damaged ?? 0, ...lot });
  }
  return { lines, preview: found.preview(false) };
}

/** The line of a SKU that still takes some, else its first. */
function lineOf(world: Receiving, order: PurchaseOrder, code: string): PurchaseLine | undefined {
  const own = order.lines.filter((line) => world.skus.get(line.skuId)?.code === code);
  return own.find((line) => mayArrive(line) > 0n) ?? own[0];
}

function problemOf(
  world: Receiving,
  order: PurchaseOrder,
  line: PurchaseLine,
  row: ReceiptRow,
  before: bigint,
): { readonly column: string; readonly message: string } | null {
  const most = mayArrive(line) - before;
  const column = row.received > 0 ? 'received' : 'damaged';
  if (BigInt(row.received + (row.damaged ?? 0)) > most)
    return { column, message: `${most > 0n ? most : 0n} more may arrive. Receive that much, and order the rest` };
  const place = { skuId: line.skuId, nodeId: order.nodeId };
  const tracked = lots.at(world.lots, place) !== undefined;
  if (row.received === 0) return null;
  if (tracked && !row.lot)
    return { column: 'lot', message: 'This SKU is tracked by lot: say which lot arrived, and when it expires' };
  if (!tracked) return row.lot ? { column: 'lot', message: 'This SKU is not tracked by lot: leave the cell empty' } : null;
  try {
    lots.check(world.lots, place, [{ code: row.lot ?? '', expiresOn: row.expires_on ?? null, units: BigInt(row.received) }]);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return { column: 'expires_on', message: error.detail };
    throw error;
  }
}

function decide(world: Receiving, { input, ctx }: Request<ReadReceipt>): ImportedFile {
  const { lines, preview } = plan(world, input);
  demandFile(input, preview);
  const { purchaseOrderId } = input;
  if (lines.length > 0) receive(world, { input: { purchaseOrderId, note: 'From a file', lines }, ctx });
  return { ...preview, approvalId: null, numbers: [] };
}

export const importReceipt: Verb<ReadReceipt, Receiving, ImportedFile> = {
  name: 'import-receipt',
  lock,
  decide,
  write: receivePurchaseOrder.write,
};

export async function readReceipt({ csv, ...input }: ReceiptFileInput): Promise<ReadReceipt> {
  return { ...input, file: await readStockFile('receipt', csv) };
}

export async function previewReceipt(pool: pg.Pool, input: ReceiptFileInput, ctx: Ctx): Promise<FilePreview> {
  const read = await readReceipt(input);
  return planOnly(pool, async (tx) => plan(await lock(tx, [{ input: read, ctx, key: '' }]), read).preview);
}
