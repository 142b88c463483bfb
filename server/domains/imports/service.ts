import { parseDecimal } from '../../kernel/money.ts';
import type { Queryable } from '../../platform/db.ts';
import type { EarlierSale } from './rules.ts';
import { readEarlierSales } from './store.ts';

export {
  type BucketTotal,
  closeRun,
  type ImportedLine,
  insertEnded,
  openRun,
  readEnded,
  readImported,
  readLedgerMinor,
  readRefunded,
  readStates,
  readTotals,
} from './store.ts';

/** Units that other files sold and these may give back. */
export async function earlierSales(
  db: Queryable,
  merchantId: string,
  own: { readonly invoices: readonly string[]; readonly creditNotes: readonly string[] },
): Promise<EarlierSale[]> {
  const rows = await readEarlierSales(db, merchantId, own);
  return rows.map(({ unitPrice, ...sale }) => ({ ...sale, priceMicros: parseDecimal(unitPrice) ?? 0n }));
}
