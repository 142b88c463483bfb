import type pg from 'pg';
import { plainPrice, planSkuEdit, type SkuChange, type SkuFacts, type SkuRecord } from '../domains/catalog/rules.ts';
import type { CsvRow, ImportSkusInput } from '../domains/catalog/schema.ts';
import * as catalog from '../domains/catalog/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { type EditingSkus, lockCatalog, recordChange, recordNew, writeCatalog } from './edit-sku.ts';
import { checkFingerprint, fingerprintOf } from './fingerprint.ts';
import { type ProductFile, type RejectedLine, readProductFile } from './product-csv.ts';

/**
 * Takes a product file: lines of new codes add SKUs, lines of known ones change them. Every line is accepted or rejected with its number
 * and the reason; the dry run plans with the code that commits, and its fingerprint says whether the plan is still the same.
 */
export interface ImportPreview {
  readonly fingerprint: string;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejectedCount: number;
  /** The first rejected lines. */
  readonly rejected: readonly RejectedLine[];
  /** The first accepted lines that would do something. */
  readonly sample: readonly ImportedLine[];
}

export interface ImportedLine {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly outcome: 'created' | 'changed';
}

export type ImportedSkus = ImportPreview;

/** What the verb is given: the file as it was read, outside the transaction. */
export interface ReadImport extends Omit<ImportSkusInput, 'csv'> {
  readonly file: ProductFile;
}

/** Answers are stored and sent whole: this many lines of each kind are listed, the rest is counted. */
const MAX_REJECTED_LISTED = 5_000;
const MAX_SAMPLE = 20;

type PlannedLine =
  | { readonly line: number; readonly kind: 'created'; readonly sku: SkuRecord }
  | { readonly line: number; readonly kind: 'changed'; readonly sku: SkuRecord; readonly change: SkuChange }
  | { readonly line: number; readonly kind: 'unchanged' };

interface ImportPlan {
  readonly lines: readonly PlannedLine[];
  readonly preview: ImportPreview;
}

/** Plans every line on the catalogue as it stands. */
function planImport(state: catalog.EditingState, merchantId: string, file: ProductFile): ImportPlan {
  const merchant = state.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const lines: PlannedLine[] = [];
  const rejected: RejectedLine[] = [...file.rejected];
  for (const { line, row } of file.rows) {
    const existing = state.byCode.get(catalog.codeKey({ merchantId, code: row.sku }));
    const refusal = refuseLine(row, existing, merchant.currency);
    if (refusal) rejected.push({ line, sku: row.sku, reason: refusal });
    else if (!existing) lines.push({ line, kind: 'created', sku: skuOf(row, merchantId, merchant.currency) });
    else {
      const change = planSkuEdit(existing, factsOf(row), false);
      lines.push(change ? { line, kind: 'changed', sku: existing, change } : { line, kind: 'unchanged' });
    }
  }
  rejected.sort((a, b) => a.line - b.line);
  const count = (kind: PlannedLine['kind']): number => lines.filter((planned) => planned.kind === kind).length;
  const summary = {
    created: count('created'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    rejectedCount: rejected.length,
    rejected: rejected.slice(0, MAX_REJECTED_LISTED),
    sample: lines.flatMap(sampleOf).slice(0, MAX_SAMPLE),
  };
  const what = lines.map((planned) => [planned.line, planned.kind, planned.kind === 'changed' ? planned.change : null]);
  return { lines, preview: { ...summary, fingerprint: fingerprintOf([summary, what]) } };
}

function refuseLine(row: CsvRow, existing: SkuRecord | undefined, currency: string): string | null {
  if (row.currency !== undefined && row.currency !== currency) return `currency: prices of this merchant are in ${currency}`;
  if (existing?.stocked && row.stocked === false)
    return 'stocked: a stocked SKU stays one; change it on its own page while nothing of it was counted';
  return null;
}

function factsOf(row: CsvRow): Partial<SkuFacts> {
  const { name, price, tax_class, weight_grams, stocked, barcode, description } = row;
  const facts = { name, price, taxClass: tax_class, weightGrams: weight_grams, stocked, barcode, description };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function skuOf(row: CsvRow, merchantId: string, currency: string): SkuRecord {
  const defaults = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const facts = { ...defaults, ...factsOf(row), name: row.name, price: plainPrice(row.price) };
  return { id: newId(), merchantId, code: row.sku, currency, active: true, version: 1n, ...facts };
}

function sampleOf(planned: PlannedLine): ImportedLine[] {
  if (planned.kind === 'unchanged') return [];
  const facts = planned.kind === 'created' ? planned.sku : { ...planned.sku, ...planned.change.after };
  const { line, kind: outcome } = planned;
  return [{ line, sku: planned.sku.code, name: facts.name, price: plainPrice(facts.price), outcome }];
}

function keysOf(merchantId: string, file: ProductFile): catalog.EditingKeys {
  return { merchantIds: [merchantId], skuIds: [], codes: file.rows.map(({ row }) => ({ merchantId, code: row.sku })) };
}

/** The dry run: what the file would do. Nothing is locked or written. */
export async function previewImport(pool: pg.Pool, input: ImportSkusInput): Promise<ImportPreview> {
  const file = await readProductFile(input.csv);
  const state = await catalog.loadForEditing(pool, keysOf(input.merchantId, file));
  return planImport(state, input.merchantId, file).preview;
}

/** Reads the file before the transaction begins. */
export async function readImport({ csv, ...input }: ImportSkusInput): Promise<ReadImport> {
  return { ...input, file: await readProductFile(csv) };
}

function decide(world: EditingSkus, { input, ctx }: Request<ReadImport>): ImportedSkus {
  const { merchantId, file, mode } = input;
  const { lines, preview } = planImport(world.catalog, merchantId, file);
  checkFingerprint(input.fingerprint, preview);
  if (mode === 'all' && preview.rejectedCount > 0) {
    throw new DomainError(
      'invalid_request',
      `${preview.rejectedCount} of the file's ${lines.length + preview.rejectedCount} lines cannot be accepted, so nothing was imported. Correct them, or import only the others.`,
      { rejected: preview.rejected },
    );
  }
  for (const planned of lines) {
    if (planned.kind === 'created') recordNew(world, planned.sku, ctx);
    if (planned.kind === 'changed') recordChange(world, planned.sku, planned.change, ctx);
  }
  world.applied++;
  const { created, changed, unchanged, rejectedCount } = preview;
  const after = { created, changed, unchanged, rejected: rejectedCount, mode };
  audit(world.outbox, { action: 'catalog.imported', entity: 'merchant', entityId: merchantId, merchantId, after }, ctx);
  return preview;
}

export const importSkus: Verb<ReadImport, EditingSkus, ImportedSkus> = {
  name: 'import-skus',
  lock: (tx, requests) =>
    lockCatalog(
      tx,
      {
        merchantIds: requests.map(({ input }) => input.merchantId),
        skuIds: [],
        codes: requests.flatMap(({ input }) => keysOf(input.merchantId, input.file).codes),
      },
      (requests[0] as Request<ReadImport>).ctx,
    ),
  decide,
  write: writeCatalog,
};
