import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Draft, InvoiceKind, Issued, Party } from './rules.ts';
import { type InvoiceRow, insertInvoices, type Profile, readIssued, readProfiles, takeSeries } from './store.ts';

export { type Profile, readBegun, readPrefixes, upsertProfiles } from './store.ts';

/** The first number of a series: nobody should be able to tell the first invoice from the thousandth. */
const FIRST = 10_001n;
/** What stands before a credit note's number, so that nobody takes it for an invoice's. */
const LETTERS: Readonly<Record<InvoiceKind, string>> = { invoice: '', credit_note: 'C' };

/** The profiles of merchants that invoice, by merchant. */
export async function profilesOf(tx: Tx, merchantIds: readonly string[]): Promise<ReadonlyMap<string, Profile>> {
  const profiles = merchantIds.length > 0 ? await readProfiles(tx, [...new Set(merchantIds)]) : [];
  return new Map(profiles.map((profile) => [profile.merchantId, profile]));
}

/** What was issued of locked orders, by order. */
export async function issuedOf(tx: Tx, orderIds: readonly string[]): Promise<ReadonlyMap<string, readonly Issued[]>> {
  return orderIds.length > 0 ? readIssued(tx, orderIds) : new Map();
}

/** A document that is to be issued, with whose and of which order it is. */
export interface Issuing
  extends Omit<InvoiceRow, 'number' | 'seriesValue' | 'kind' | 'sourceId' | 'sourceKind' | 'lines' | 'suppliedAt' | 'seller'> {
  readonly draft: Draft;
  readonly profile: Profile;
}

/**
 * Numbers documents, in the order given, and writes them. The series of each merchant and kind is locked until COMMIT, so that numbers
 * have no gap and are given in the order of issue.
 */
export async function issue(tx: Tx, documents: readonly Issuing[]): Promise<InvoiceRow[]> {
  if (documents.length === 0) return [];
  lockStep(tx, 'number_counters');
  const series = Map.groupBy(documents, ({ merchantId, draft }) => `${merchantId} ${draft.kind}`);
  const next = new Map<string, bigint>();
  // In one order everywhere: whoever takes several series does not wait for somebody who waits for them.
  for (const key of [...series.keys()].sort()) {
    const [merchantId, kind] = key.split(' ') as [string, InvoiceKind];
    next.set(key, await takeSeries(tx, merchantId, kind, series.get(key)?.length ?? 0, FIRST));
  }
  const numberOf = new Map<string, string>();
  const rows = documents.map(({ draft, profile, ...facts }): InvoiceRow => {
    const key = `${facts.merchantId} ${draft.kind}`;
    const seriesValue = next.get(key) as bigint;
    next.set(key, seriesValue + 1n);
    const number = `${profile.prefix}-${LETTERS[draft.kind]}${seriesValue}`;
    numberOf.set(draft.sourceId, number);
    const { kind, sourceId, lines, suppliedAt } = draft;
    // An invoice of the same batch was named by its source.
    const corrects = draft.corrects.map((named) => numberOf.get(named) ?? named);
    const sourceKind = draft.ofFee ? 'cancellation' : SOURCES[kind];
    return { ...facts, kind, number, seriesValue, sourceId, sourceKind, lines, suppliedAt, corrects, seller: sellerOf(profile) };
  });
  await insertInvoices(tx, rows);
  return rows;
}

const SOURCES = { invoice: 'shipment', credit_note: 'refund' } as const;

const sellerOf = ({ legalName, address, taxNumber }: Profile): Party => ({ name: legalName, address, taxNumber });
