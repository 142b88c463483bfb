import { createHash } from 'node:crypto';
import { endUnsold, isService, planImport, type SourceLine } from '../../domains/imports/rules.ts';
import * as imports from '../../domains/imports/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { giveBack } from './give-back.ts';
import { contextAt, dealtTo, type ImportDeps, type ImportRun, inWaves, record } from './import-world.ts';
import { readFiles, type SourceFile } from './read-files.ts';
import { sellWave } from './sell.ts';
import { type ImportShop, openCatalog, receiveOpening } from './shop.ts';

/**
 * Imports the line files of a shop: every invoice travels the road of any order, from placement to the captured payment, and every
 * line ends in exactly one bucket. Killed at any point and started again with the same files, it goes on and ends with the same
 * books: all calls carry keys made of the papers' own numbers, and a line is written when what became of it has been committed.
 */
export interface ImportReport {
  readonly runId: string;
  readonly resumed: boolean;
  readonly linesRead: number;
  readonly buckets: readonly imports.BucketTotal[];
  /** What the ledger itself holds of these papers, in minor units. */
  readonly ledger: { readonly salesMinor: bigint; readonly refundsMinor: bigint };
  readonly currency: string;
}

export interface Progress {
  readonly phase: 'opening stock' | 'sales' | 'refunds' | 'adjustments';
  /** Lines that have ended, of all. */
  readonly done: number;
  readonly of: number;
}

/** Orders in flight together, and how many such waves: enough for full batches, few enough for little memory. */
const WAVE = 128;
const WAVES_AT_ONCE = 4;
const ADJUSTMENTS_AT_ONCE = 512;
const DAY_MS = 86_400_000;

export async function importOnlineRetail(
  deps: ImportDeps,
  shop: ImportShop,
  files: readonly SourceFile[],
  now: Date,
  onProgress: (progress: Progress) => void = () => {},
): Promise<ImportReport> {
  const read = readFiles(files);
  const names = files.map((file) => file.name);
  const { merchantId } = shop;
  const opened = await withTx(deps.pool, (tx) =>
    imports.openRun(tx, { id: newId(), merchantId, format: 'online-retail', files: read.digests }, now),
  );
  // Lines that another run has ended are its own: they are neither done again nor counted as missing.
  const ended = await imports.readEnded(deps.pool, merchantId, names);
  const foreign = (place: { file: string; line: number }): boolean => {
    const by = ended.get(`${place.file}:${place.line}`);
    return by !== undefined && by !== opened.id;
  };
  const lines = read.lines.filter((line) => !foreign(line));
  const isDone = (line: SourceLine): boolean => ended.has(`${line.file}:${line.line}`);
  const plan = planImport(
    lines,
    read.rejects.filter((reject) => !foreign(reject)),
    await imports.earlierSales(deps.pool, merchantId, {
      invoices: [...new Set(lines.map((line) => line.invoice))],
      creditNotes: [...new Set(lines.flatMap((line) => (/^C/i.test(line.invoice) ? [line.invoice] : [])))],
    }),
  );
  let phase: Progress['phase'] = 'opening stock';
  let done = ended.size;
  const of = read.lines.length + read.rejects.length;
  const tell = (): void => onProgress({ phase, done: Math.min(done, of), of });
  const enter = (next: Progress['phase']): void => {
    phase = next;
    tell();
  };
  const run: ImportRun = {
    ...deps,
    ...shop,
    id: opened.id,
    skus: await openCatalog(deps.pool, shop, plan.goods, now),
    ended: (count) => {
      done += count;
      tell();
    },
  };
  tell();
  await record(
    run,
    plan.rejects.map((reject) => endUnsold(reject, 'reject', reject.reason)),
  );
  const digest = createHash('sha256').update(JSON.stringify(read.digests)).digest('hex').slice(0, 16);
  const first = lines.reduce((least, line) => Math.min(least, line.at.getTime()), now.getTime());
  await receiveOpening(run, plan.goods.values(), digest, new Date(first - DAY_MS));
  enter('sales');
  const open = plan.invoices.filter((invoice) => !invoice.lines.every(isDone));
  await inWaves(open, WAVE, WAVES_AT_ONCE, (wave, runner) => sellWave(dealtTo(run, runner), wave));
  enter('refunds');
  if (!plan.credits.every(isDone)) await giveBack(run, plan.credits, plan.matches);
  enter('adjustments');
  await inWaves(
    plan.adjustments.filter((line) => !isDone(line)),
    ADJUSTMENTS_AT_ONCE,
    1,
    (wave) => adjustWave(run, wave),
  );
  return close(run, names, opened.resumed, of, now);
}

async function adjustWave(run: ImportRun, wave: readonly SourceLine[]): Promise<void> {
  const reasons = await Promise.all(wave.map((line) => adjust(run, line)));
  await record(
    run,
    wave.map((line, index) => endUnsold(line, 'adjustment', reasons[index] ?? '')),
  );
}

async function adjust(run: ImportRun, line: SourceLine): Promise<string> {
  const skuId = run.skus.get(line.sku);
  if (isService(line.sku) || !skuId) return 'A service has no stock.';
  try {
    await run.flows.adjustStock(
      {
        merchantId: run.merchantId,
        skuId,
        nodeId: run.nodeId,
        reason: 'correction',
        note: `${line.invoice} ${line.description}`.trim(),
        delta: line.quantity,
      },
      contextAt(run, line.at),
      `import:adjust:${line.file}:${line.line}`,
    );
    return `${-line.quantity} units were taken from stock.`;
  } catch (error) {
    if (!(error instanceof DomainError) || error.entry.status >= 500) throw error;
    return error.detail;
  }
}

async function close(
  run: ImportRun,
  names: readonly string[],
  resumed: boolean,
  linesRead: number,
  now: Date,
): Promise<ImportReport> {
  const buckets = await imports.readTotals(run.pool, run.merchantId, names);
  const ledger = await imports.readLedgerMinor(run.pool, run.merchantId, names);
  const totals = buckets.map((bucket) => ({ ...bucket, ledgerMinor: Number(bucket.ledgerMinor) }));
  await withTx(run.pool, (tx) => imports.closeRun(tx, run.id, { linesRead, buckets: totals }, now));
  return { runId: run.id, resumed, linesRead, buckets, ledger, currency: run.currency };
}
