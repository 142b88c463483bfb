import { type AccountRef, chart } from '../../domains/ledger/schema.ts';
import type { Queryable } from '../../platform/db.ts';
import type { Observation } from './history.ts';

/** Rows, from whichever door, as the models show them. */
type Row<K extends string> = { readonly [name in K]: bigint | number };

export function supplySeen(sku: string, row: Row<'version' | 'sellable' | 'promised' | 'shortfall'>): Observation {
  const { version, sellable, promised, shortfall } = row;
  return seen(`supply:${sku}`, version, { sellable, promised, shortfall });
}

export function nodeSeen(sku: string, node: string, row: Row<'version' | 'onHand' | 'allocated' | 'short'>): Observation {
  const { version, onHand, allocated, short } = row;
  return seen(`node:${sku}@${node}`, version, { onHand, allocated, short });
}

export interface SeenOrder extends Row<'version' | 'totalMinor' | 'cancelledMinor' | 'capturedMinor' | 'refundedMinor'> {
  readonly id: string;
  readonly status: string;
  readonly lines: readonly { readonly id: string; readonly spans: readonly SeenSpan[] }[];
}

interface SeenSpan extends Row<'fromUnit' | 'toUnit'> {
  readonly state: string;
}

/** Where a line's units are, a letter for each. A packed unit is an allocated one in a parcel. */
const LETTERS: Readonly<Record<string, string>> = {
  open: 'o',
  allocated: 'a',
  shipped: 'l',
  delivered: 'l',
  cancelled: 'c',
};

export function orderSeen(order: SeenOrder): Observation {
  const { id, version, status, totalMinor, cancelledMinor, capturedMinor, refundedMinor, lines } = order;
  const money = seen('', 0, { totalMinor, cancelledMinor, capturedMinor, refundedMinor }).shows;
  const units = lines.map(({ id: line, spans }) => [
    line,
    [...spans]
      .sort((a, b) => Number(a.fromUnit) - Number(b.fromUnit))
      .map((span) => (LETTERS[span.state] ?? '?').repeat(Number(span.toUnit) - Number(span.fromUnit) + 1))
      .join(''),
  ]);
  return { object: `order:${id}`, version: Number(version), shows: { status, ...money, units: Object.fromEntries(units) } };
}

function seen(object: string, version: bigint | number, counts: Readonly<Record<string, bigint | number>>): Observation {
  const shows = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)]));
  return { object, version: Number(version), shows };
}

const ACCOUNTS = `
  SELECT code, version, debits_posted AS debits, credits_posted AS credits, debits_pending AS "debitsPending",
         credits_pending AS "creditsPending"
  FROM accounts WHERE $1::text[] IS NULL OR code = ANY($1::text[])`;

/** Accounts as one statement shows them; all of them where no code is named. */
export async function readAccounts(db: Queryable, codes: readonly string[] | null): Promise<Observation[]> {
  type AccountRow = Row<'version' | 'debits' | 'credits' | 'debitsPending' | 'creditsPending'> & { readonly code: string };
  const { rows } = await db.query<AccountRow>(ACCOUNTS, [codes]);
  return rows.map(({ code, version, ...counts }) => seen(`account:${code}`, version, counts));
}

const CURRENCY = 'EUR';

/** A customer's wallet that may not be overdrawn. */
export const walletCode = (owner: number): string => `wallet:history-${owner}:${CURRENCY}`;
/** Where the money of wallets comes from: the account that refunds of goodwill are booked on, too. */
export const sourceCode = (merchantId: string): string => chart.goodwill(merchantId, CURRENCY).code;

export function accountRef(merchantId: string, code: string): AccountRef {
  const source = chart.goodwill(merchantId, CURRENCY);
  if (code === source.code) return source;
  return { code, kind: 'wallet', normalSide: 'credit', currency: CURRENCY, merchantId: null, customerId: null, limited: true };
}
