import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import { type Count, type CountLine, demandCounting } from '../../domains/counts/rules.ts';
import type { RecordCountInput } from '../../domains/counts/schema.ts';
import * as counts from '../../domains/counts/service.ts';
import { stockKey } from '../../domains/inventory/rules.ts';
import type { FilePreview } from '../../domains/stock-files/rules.ts';
import type { CountFileInput, CountRow } from '../../domains/stock-files/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import type { Table } from '../csv-table.ts';
import { type Counting, countOf, lockSheets, record, writeCounting } from '../stock-work/count-stock.ts';
import { demandFile, FilePlan, planOnly, readStockFile } from './file-plan.ts';
import type { ImportedFile } from './import-levels.ts';

/**
 * Takes the figures of a count sheet from a file, as if somebody had typed them: a figure whose units moved since the sheet was exported is
 * refused, and counted again. What differs is applied when the count is finished, above the policy after a second person agreed.
 */
export interface ReadCountFile extends Omit<CountFileInput, 'csv'> {
  readonly file: Table<CountRow>;
}

interface Filling extends Counting {
  /** The line of a SKU's code, by sheet. */
  readonly lineIds: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

async function lock(tx: Tx, requests: readonly Request<ReadCountFile>[]): Promise<Filling> {
  const lines = await counts.linesOf(tx, [...new Set(requests.map(({ input }) => input.countId))]);
  const skus = await catalog.find(
    tx,
    lines.map(({ skuId }) => skuId),
  );
  const lineIds = new Map<string, Map<string, string>>();
  for (const { id, countId, skuId } of lines) {
    const own = lineIds.get(countId) ?? new Map<string, string>();
    lineIds.set(countId, own.set(skus.get(skuId)?.code ?? '', id));
  }
  const named = new Set<string>();
  const seen = new Map<string, number>();
  for (const { input } of requests)
    for (const { row } of input.file.rows) {
      const id = lineIds.get(input.countId)?.get(row.sku);
      if (!id || row.counted === null) continue;
      named.add(id);
      if (row.seen_version !== undefined) seen.set(id, row.seen_version);
    }
  return { ...(await lockSheets(tx, requests, (line) => named.has(line.id), seen)), lineIds };
}

function plan(world: Filling, { countId, file }: ReadCountFile): { lines: RecordCountInput['lines']; preview: FilePreview } {
  const count: Count = countOf(world, countId);
  demandCounting(count);
  const found = new FilePlan(file.rejected);
  const byId = new Map(count.lines.map((line) => [line.id, line]));
  const lines: RecordCountInput['lines'] = [];
  for (const { line, row } of file.rows) {
    const about = { line, sku: row.sku, where: count.number };
    const own = byId.get(world.lineIds.get(countId)?.get(row.sku) ?? '');
    if (!own) {
      found.reject(line, row.sku, 'sku', `${count.number} has no line of this SKU. Add it to another count`);
      continue;
    }
    if (row.counted === null || isWritten(own, row.counted)) {
      found.accept({ ...about, changes: [] });
      continue;
    }
    if (row.seen_version !== undefined && world.moved.has(stockKey(own.skuId, count.nodeId))) {
      found.reject(line, row.sku, 'counted', 'Units came or went since the sheet was exported: count this shelf again');
      continue;
    }
    const before = own.counted === null ? '' : String(own.counted);
    found.accept({ ...about, changes: [{ column: 'counted', before, after: String(row.counted) }] });
    lines.push({
      lineId: own.id,
      counted: row.counted,
      ...(row.seen_version === undefined ? {} : { seenVersion: row.seen_version }),
    });
  }
  return { lines, preview: found.preview(false) };
}

/** The figure is on the sheet already. */
const isWritten = (line: CountLine, counted: number): boolean =>
  (line.status === 'counted' || line.status === 'agreed') && line.counted === BigInt(counted);

function decide(world: Filling, { input, ctx }: Request<ReadCountFile>): ImportedFile {
  const { lines, preview } = plan(world, input);
  demandFile(input, preview);
  if (lines.length > 0) record(world, { input: { countId: input.countId, lines }, ctx });
  return { ...preview, approvalId: null, numbers: [] };
}

export const importCount: Verb<ReadCountFile, Filling, ImportedFile> = {
  name: 'import-count',
  lock,
  decide,
  write: writeCounting,
};

export async function readCountFile({ csv, ...input }: CountFileInput): Promise<ReadCountFile> {
  return { ...input, file: await readStockFile('count', csv) };
}

export async function previewCount(pool: pg.Pool, input: CountFileInput, ctx: Ctx): Promise<FilePreview> {
  const read = await readCountFile(input);
  return planOnly(pool, async (tx) => plan(await lock(tx, [{ input: read, ctx, key: '' }]), read).preview);
}
