import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import type { TransferPhase } from './entries.ts';
import type { Scope } from './scope.ts';

/** One side of a transfer. What is not the reader's is named and no more: its balance is another's business. */
export interface TransferSide {
  readonly id: string;
  readonly code: string;
  readonly kind: string;
  readonly owner: string | null;
  readonly mine: boolean;
  readonly version: bigint | null;
  /** Posted, on the account's normal side, after the transfer. */
  readonly balanceMinor: bigint | null;
}

/** A transfer as a row: in a journal, in the story of a hold. */
export interface TransferRow {
  readonly id: string;
  readonly journalId: string;
  readonly kind: string;
  readonly phase: TransferPhase;
  readonly holdId: string | null;
  /** The transfer that it takes back. */
  readonly reverses: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly debit: TransferSide;
  readonly credit: TransferSide;
  readonly orderNumber: string | null;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly actor: Actor;
  readonly traceId: string;
  readonly at: Date;
}

export interface TransferPage {
  readonly transfer: TransferRow;
  /** The other transfers of its journal, in the order in which they were posted. */
  readonly siblings: readonly TransferRow[];
  /** What was taken back of it, the oldest first. */
  readonly reversedBy: readonly TransferRow[];
  /** What it holds or held, if it is a hold or took from one: the hold itself first. */
  readonly hold: {
    readonly id: string;
    readonly status: 'open' | 'posted' | 'voided';
    readonly amountMinor: bigint;
    readonly remainingMinor: bigint;
    readonly expiresAt: Date | null;
    readonly steps: readonly TransferRow[];
  } | null;
}

export interface JournalPage {
  readonly id: string;
  readonly at: Date;
  readonly transfers: readonly TransferRow[];
}

/** A statement of many transfers shows these; more in one journal is a batch that nobody reads row by row. */
const MAX_ROWS = 200;

type Raw = Omit<TransferRow, 'debit' | 'credit' | 'actor'> & {
  readonly actor: string;
} & { readonly [K in `${'debit' | 'credit'}${'Id' | 'Code' | 'Kind'}`]: string } & {
  readonly [K in `${'debit' | 'credit'}Owner`]: string | null;
} & { readonly [K in `${'debit' | 'credit'}Mine`]: boolean } & {
  readonly [K in `${'debit' | 'credit'}${'Version' | 'Balance'}`]: bigint;
};

const sideColumns = (side: 'debit' | 'credit', a: string) => `
  ${a}.id AS "${side}Id", ${a}.code AS "${side}Code", ${a}.kind AS "${side}Kind", coalesce(${a}c.name, ${a}m.name) AS "${side}Owner",
  t.${side}_version AS "${side}Version", t.${side}_balance_minor AS "${side}Balance"`;
const sideJoin = (side: 'debit' | 'credit', a: string) => `
  JOIN accounts ${a} ON ${a}.id = t.${side}_account LEFT JOIN merchants ${a}m ON ${a}m.id = ${a}.merchant_id
  LEFT JOIN customers ${a}c ON ${a}c.id = ${a}.customer_id`;

/** Transfers that touch an account of the reader. `which` adds the conditions that choose them. */
async function readRows(tx: Tx, scope: Scope, which: (where: Conditions) => Conditions): Promise<TransferRow[]> {
  const where = which(new Conditions());
  const owns: string[] = [];
  if (scope.merchantId !== null) owns.push(`%.merchant_id = ${where.value(scope.merchantId)}`);
  if (scope.customerId !== null) owns.push(`%.customer_id = ${where.value(scope.customerId)}`);
  const mine = (a: string) => (owns.length === 0 ? 'true' : `coalesce(${owns.join(' AND ').replaceAll('%', a)}, false)`);
  const text = `
    SELECT t.id, t.journal_id AS "journalId", t.kind, t.phase, t.hold_id AS "holdId", t.reverses, t.amount_minor AS "amountMinor", t.currency,
           o.number AS "orderNumber", t.payment_id AS "paymentId", t.reference, t.actor, t.trace_id AS "traceId", t.at,
           ${sideColumns('debit', 'd')}, ${sideColumns('credit', 'c')}, ${mine('d')} AS "debitMine", ${mine('c')} AS "creditMine"
    FROM transfers t ${sideJoin('debit', 'd')} ${sideJoin('credit', 'c')} LEFT JOIN orders o ON o.id = t.order_id
    WHERE ${where.where} AND (${mine('d')} OR ${mine('c')})
    ORDER BY t.at, t.debit_version, t.id LIMIT ${MAX_ROWS}`;
  const { rows } = await tx.query<Raw>(prepared('transfers', text, where.values));
  const name = await resolveActors(
    tx,
    rows.map((row) => row.actor),
  );
  return rows.map((row) => ({
    id: row.id,
    journalId: row.journalId,
    kind: row.kind,
    phase: row.phase,
    holdId: row.holdId,
    reverses: row.reverses,
    amountMinor: row.amountMinor,
    currency: row.currency,
    orderNumber: row.orderNumber,
    paymentId: row.paymentId,
    reference: row.reference,
    actor: name(row.actor),
    traceId: row.traceId,
    at: row.at,
    debit: sideOf(row, 'debit'),
    credit: sideOf(row, 'credit'),
  }));
}

function sideOf(row: Raw, side: 'debit' | 'credit'): TransferSide {
  const mine = row[`${side}Mine`];
  return {
    id: row[`${side}Id`],
    code: row[`${side}Code`],
    kind: row[`${side}Kind`],
    owner: row[`${side}Owner`],
    mine,
    version: mine ? row[`${side}Version`] : null,
    balanceMinor: mine ? row[`${side}Balance`] : null,
  };
}

/** One transfer with its journal and its hold. Throws `not_found` where it touches no account of the reader. */
export async function readTransfer(tx: Tx, scope: Scope, id: string): Promise<TransferPage> {
  if (!isId(id)) throw new DomainError('not_found', 'There is no such transfer.');
  const [transfer] = await readRows(tx, scope, (where) => where.add((p) => `t.id = ${p}`, id));
  if (!transfer) throw new DomainError('not_found', 'There is no such transfer.');
  const journal = await readRows(tx, scope, (where) => where.add((p) => `t.journal_id = ${p}`, transfer.journalId));
  const holdId = transfer.holdId ?? (transfer.phase === 'pending' ? transfer.id : null);
  return {
    transfer,
    siblings: journal.filter((row) => row.id !== id),
    reversedBy: await readRows(tx, scope, (where) => where.add((p) => `t.reverses = ${p}`, id)),
    hold: holdId === null ? null : await readHold(tx, scope, holdId),
  };
}

async function readHold(tx: Tx, scope: Scope, id: string): Promise<TransferPage['hold']> {
  const text = `SELECT id, status, amount_minor AS "amountMinor", remaining_minor AS "remainingMinor", expires_at AS "expiresAt" FROM holds WHERE id = $1`;
  const { rows } = await tx.query<Omit<NonNullable<TransferPage['hold']>, 'steps'>>(prepared('hold', text, [id]));
  const [hold] = rows;
  if (!hold) return null;
  const [made] = await readRows(tx, scope, (where) => where.add((p) => `t.id = ${p}`, id));
  const used = await readRows(tx, scope, (where) => where.add((p) => `t.hold_id = ${p}`, id));
  return { ...hold, steps: [...(made ? [made] : []), ...used] };
}

/** What was posted together. Throws `not_found` where none of it touches an account of the reader. */
export async function readJournal(tx: Tx, scope: Scope, id: string): Promise<JournalPage> {
  const transfers = isId(id) ? await readRows(tx, scope, (where) => where.add((p) => `t.journal_id = ${p}`, id)) : [];
  const [first] = transfers;
  if (!first) throw new DomainError('not_found', 'There is no such journal.');
  return { id, at: first.at, transfers };
}
