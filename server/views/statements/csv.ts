import { formatDecimal, minorDigits } from '../../kernel/money.ts';
import { csvCell } from '../../platform/csv.ts';
import type { Queryable } from '../../platform/db.ts';
import { type Statement, type StatementEntry, statementEntries } from './statement.ts';

const COLUMNS = [
  'type',
  'at',
  'version',
  'transfer_id',
  'kind',
  'counterparty',
  'order',
  'reference',
  'amount',
  'balance',
  'currency',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

const line = (row: Row): string =>
  // Figures are our own: a minus is a number there and no formula.
  `${COLUMNS.map((name) => (name === 'amount' || name === 'balance' ? (row[name] ?? '') : csvCell(row[name] ?? ''))).join(',')}\r\n`;

/** The header and the row of the opening balance. Amounts are decimals of the currency's own digits, times are UTC. */
export function csvOpening(statement: Statement): string {
  return `${COLUMNS.join(',')}\r\n${balanceLine(statement, 'opening_balance', statement.from, statement.openingMinor)}`;
}

/** `showsOthers`: whether the reader may know the accounts on the other side. */
export function csvEntries({ account }: Statement, entries: readonly StatementEntry[], showsOthers: boolean): string {
  const { currency } = account;
  return entries
    .map((entry) =>
      line({
        type: 'entry',
        at: entry.at.toISOString(),
        version: String(entry.version),
        transfer_id: entry.id,
        kind: entry.kind,
        counterparty: showsOthers ? entry.otherCode : (entry.person ?? ''),
        order: entry.orderNumber ?? '',
        reference: showsOthers ? (entry.reference ?? '') : (entry.note ?? ''),
        amount: decimal(entry.amountMinor, currency),
        balance: decimal(entry.balanceMinor, currency),
        currency,
      }),
    )
    .join('');
}

export function csvClosing(statement: Statement): string {
  return balanceLine(statement, 'closing_balance', statement.to, statement.closingMinor);
}

/** The whole statement with the name of its file, piece by piece. Throws at the end where its entries do not lead to its closing balance. */
export function statementCsv(
  db: Queryable,
  statement: Statement,
  showsOthers = true,
): { readonly name: string; readonly pieces: AsyncGenerator<string> } {
  return { name: `${statementName(statement)}.csv`, pieces: csvPieces(db, statement, showsOthers) };
}

async function* csvPieces(db: Queryable, statement: Statement, showsOthers: boolean): AsyncGenerator<string> {
  yield csvOpening(statement);
  for await (const entries of statementEntries(db, statement)) yield csvEntries(statement, entries, showsOthers);
  yield csvClosing(statement);
}

/** What its file is called, without its ending. */
export function statementName({ account, days }: Statement): string {
  return `statement-${account.kind.replaceAll('_', '-')}-${account.currency.toLowerCase()}-${days.from}-${days.to}`;
}

function balanceLine({ account }: Statement, type: string, at: Date, minor: bigint): string {
  return line({ type, at: at.toISOString(), balance: decimal(minor, account.currency), currency: account.currency });
}

function decimal(minor: bigint, currency: string): string {
  const digits = minorDigits(currency);
  return formatDecimal(minor, digits, digits);
}
