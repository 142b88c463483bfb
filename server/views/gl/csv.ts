import { type GlAccount, glAccountOf } from '../../domains/gl/rules.ts';
import { toMajor } from '../../kernel/money.ts';
import { csvLine } from '../../platform/csv.ts';
import type { Tx } from '../../platform/db.ts';
import type { Scope } from '../scope.ts';
import { readMappings } from './mappings.ts';
import { type GlDay, type GlPeriod, type GlPosting, type GlTotal, glDays, glPostings } from './postings.ts';

/** journal: a row per entry. summary: a row per day and account. */
export const GL_DETAILS = ['journal', 'summary'] as const;
export type GlDetail = (typeof GL_DETAILS)[number];

const JOURNAL = ['date', 'journal', 'account', 'name', 'debit', 'credit', 'currency', 'reference', 'order', 'memo', 'transfer'];
const SUMMARY = ['date', 'account', 'name', 'debit', 'credit', 'currency'];

type Find = ReturnType<typeof glAccountOf>;

/** What has been written so far, by currency. */
class Sums {
  private readonly sums = new Map<string, { debit: bigint; credit: bigint }>();

  add(currency: string, debit: bigint, credit: bigint): void {
    const sum = this.sums.get(currency) ?? { debit: 0n, credit: 0n };
    this.sums.set(currency, { debit: sum.debit + debit, credit: sum.credit + credit });
  }

  /** Throws where what was written is not what was promised: half a file must not pass for a whole one. */
  demand(totals: readonly GlTotal[]): void {
    for (const { currency, debitMinor, creditMinor } of totals) {
      const sum = this.sums.get(currency);
      if (sum?.debit !== debitMinor || sum.credit !== creditMinor)
        throw new Error(
          `The export of ${currency} wrote ${sum?.debit} and ${sum?.credit}, its totals are ${debitMinor} and ${creditMinor}`,
        );
    }
  }
}

/**
 * The books of a period as CSV, piece by piece. Amounts are decimals of the currency's own digits, days are UTC. `totals` are those of the
 * same snapshot; the last piece comes only if everything written adds up to them.
 */
export async function* glCsv(
  tx: Tx,
  scope: Scope,
  period: GlPeriod,
  detail: GlDetail,
  totals: readonly GlTotal[],
): AsyncGenerator<string> {
  const find = glAccountOf(await readMappings(tx, { merchantId: scope.merchantId }));
  const sums = new Sums();
  // Together with the first rows: whatever fails before them is an answer of its own, not half a file.
  let header = csvLine(detail === 'journal' ? JOURNAL : SUMMARY);
  const lines =
    detail === 'journal'
      ? journalLines(glPostings(tx, scope, period), find, sums)
      : summaryLines(glDays(tx, scope, period), find, sums);
  for await (const piece of lines) {
    yield header + piece;
    header = '';
  }
  sums.demand(totals);
  yield header;
}

const amount = (amountMinor: bigint, currency: string): string => (amountMinor === 0n ? '' : toMajor({ amountMinor, currency }));

async function* journalLines(pages: AsyncIterable<readonly GlPosting[]>, find: Find, sums: Sums): AsyncGenerator<string> {
  for await (const page of pages) yield pageLines(page, find, sums);
}

function pageLines(page: readonly GlPosting[], find: Find, sums: Sums): string {
  let text = '';
  for (const posting of page) {
    const { currency, amountMinor } = posting;
    const line = ({ number, name }: GlAccount, debit: bigint, credit: bigint): string =>
      csvLine([
        posting.at.toISOString().slice(0, 10),
        posting.journalId,
        number,
        name,
        amount(debit, currency),
        amount(credit, currency),
        currency,
        posting.reference ?? '',
        posting.orderNumber ?? '',
        posting.kind.replaceAll('_', ' '),
        posting.id,
      ]);
    text += line(find(posting.debitKind, posting.debitMerchant), amountMinor, 0n);
    text += line(find(posting.creditKind, posting.creditMerchant), 0n, amountMinor);
    sums.add(currency, amountMinor, amountMinor);
  }
  return text;
}

/** Kinds and merchants that are one account in the books are one row: a day's rows are gathered before they are written. */
async function* summaryLines(days: AsyncIterable<readonly GlDay[]>, find: Find, sums: Sums): AsyncGenerator<string> {
  let day = '';
  let rows = new Map<string, GlDay & GlAccount>();
  for await (const page of days) {
    let text = '';
    for (const row of page) {
      if (row.day !== day) {
        text += dayLines(rows);
        day = row.day;
        rows = new Map();
      }
      const account = find(row.kind, row.merchantId);
      const key = JSON.stringify([row.currency, account.number, account.name]);
      const before = rows.get(key);
      rows.set(key, {
        ...row,
        ...account,
        debitMinor: row.debitMinor + (before?.debitMinor ?? 0n),
        creditMinor: row.creditMinor + (before?.creditMinor ?? 0n),
      });
      sums.add(row.currency, row.debitMinor, row.creditMinor);
    }
    if (text !== '') yield text;
  }
  if (rows.size > 0) yield dayLines(rows);
}

function dayLines(rows: ReadonlyMap<string, GlDay & GlAccount>): string {
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { day, number, name, debitMinor, creditMinor, currency }]) =>
      csvLine([day, number, name, amount(debitMinor, currency), amount(creditMinor, currency), currency]),
    )
    .join('');
}
