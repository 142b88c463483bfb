import { DomainError } from '../../kernel/errors.ts';
import type { Queryable } from '../../platform/db.ts';
import { type AccountRow, readAccount } from '../accounts.ts';
import { balanceOf, sumsOf } from '../balances.ts';
import { Conditions, prepared } from '../conditions.ts';
import { entriesSql, type Stretch, stretchesOf } from '../entries.ts';
import type { Scope } from '../scope.ts';

/** Calendar days of a zone, both included. */
export interface Days {
  /** "2026-11-01". */
  readonly from: string;
  readonly to: string;
  /** IANA. */
  readonly timeZone: string;
}

/** What an account's statement says before its first entry: opening + in − out = closing, or there is no statement. */
export interface Statement {
  readonly account: AccountRow;
  readonly days: Days;
  readonly from: Date;
  /** The end of the last day, exclusive; now where that is still to come. */
  readonly to: Date;
  /** The account's version: what is written while the statement is read does not count. */
  readonly upTo: bigint;
  readonly openingMinor: bigint;
  readonly inMinor: bigint;
  readonly outMinor: bigint;
  readonly closingMinor: bigint;
  /** Held by what was pending at the end. */
  readonly heldMinor: bigint;
  readonly entries: number;
  readonly stretches: readonly Stretch[];
}

/** A posted entry with the balance that the statement reaches with it. */
export interface StatementEntry {
  readonly id: string;
  readonly version: bigint;
  readonly at: Date;
  readonly kind: string;
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly otherCode: string;
  readonly orderNumber: string | null;
  readonly reference: string | null;
  /** Who sent it, or whom it was sent to, and what for; null where no other customer is on the other side. */
  readonly person: string | null;
  readonly note: string | null;
}

const MAX_DAYS = 3_700;
const PAGE = 500;

/** The period's instants. Throws `invalid_request` for days that no calendar has, out of order, to come, or more than ten years. */
async function instantsOf(db: Queryable, days: Days, now: Date): Promise<{ from: Date; to: Date }> {
  for (const day of [days.from, days.to]) {
    const valid = /^[12]\d{3}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
    if (!valid || !new Date(day).toISOString().startsWith(day))
      throw new DomainError('invalid_request', 'A period is two days such as 2026-11-01 and 2026-11-30.');
  }
  const length = (Date.parse(days.to) - Date.parse(days.from)) / 86_400_000 + 1;
  if (length < 1) throw new DomainError('invalid_request', 'The period ends before it begins.');
  if (length > MAX_DAYS) throw new DomainError('invalid_request', 'A statement covers ten years at most.');
  const text = `SELECT $1::date::timestamp AT TIME ZONE $3 AS "from", ($2::date + 1)::timestamp AT TIME ZONE $3 AS "to"`;
  const { rows } = await db.query<{ from: Date; to: Date }>(
    prepared('statement-days', text, [days.from, days.to, days.timeZone]),
  );
  const { from, to } = rows[0] as { from: Date; to: Date };
  if (from > now) throw new DomainError('invalid_request', 'That period is still to come.');
  return { from, to: to < now ? to : now };
}

/** The figures of an account's statement, checked. Throws `not_found` for an account that is not the reader's. */
export async function readStatement(db: Queryable, scope: Scope, id: string, days: Days, now: Date): Promise<Statement> {
  const account = await readAccount(db, scope, id);
  const { from, to } = await instantsOf(db, days, now);
  const upTo = account.version;
  const opening = await sumsOf(db, id, upTo, from, '<');
  const closing = await sumsOf(db, id, upTo, to, '<');
  const stretches = await stretchesOf(db, id, { from, to });
  let [entries, inMinor, outMinor] = [0, 0n, 0n];
  for (const stretch of stretches) {
    const counted = await countStretch(db, account, { from, to, upTo }, stretch);
    entries += counted.entries;
    inMinor += counted.inMinor;
    outMinor += counted.outMinor;
  }
  const openingMinor = balanceOf(account.normalSide, opening);
  const closingMinor = balanceOf(account.normalSide, closing);
  if (openingMinor + inMinor - outMinor !== closingMinor)
    throw new Error(`Account ${account.code}: ${openingMinor} + ${inMinor} − ${outMinor} is not ${closingMinor}`);
  const heldMinor = account.normalSide === 'credit' ? closing.debitsPending : closing.creditsPending;
  return { account, days, from, to, upTo, openingMinor, inMinor, outMinor, closingMinor, heldMinor, entries, stretches };
}

type Window = Pick<Statement, 'from' | 'to' | 'upTo'>;

/** Posted entries dated in the window, of one stretch. */
function within(account: AccountRow, { from, to, upTo }: Window, stretch: Stretch): { where: Conditions; source: string } {
  const where = new Conditions();
  const source = entriesSql(account, where.value(account.id));
  where
    .plain(`t.phase IN ('single', 'post')`)
    .add((p) => `t.version > ${p}`, stretch.since)
    .add((p) => `t.version <= ${p}`, stretch.version < upTo ? stretch.version : upTo)
    .add((p) => `t.at >= ${p}`, from)
    .add((p) => `t.at < ${p}`, to);
  return { where, source };
}

async function countStretch(db: Queryable, account: AccountRow, window: Window, stretch: Stretch) {
  const { where, source } = within(account, window, stretch);
  const text = `SELECT count(*)::int AS entries, coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0)::bigint AS "inMinor",
    coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0)::bigint AS "outMinor" FROM ${source} WHERE ${where.where}`;
  const { rows } = await db.query<{ entries: number; inMinor: bigint; outMinor: bigint }>(
    prepared('statement-count', text, where.values),
  );
  return rows[0] as { entries: number; inMinor: bigint; outMinor: bigint };
}

/**
 * A statement's entries in the order of the account's versions, some hundred at a time, so that a long one is never in memory as a
 * whole. Throws at the end where they do not lead to the closing balance: whoever writes them then breaks off.
 */
export async function* statementEntries(db: Queryable, statement: Statement): AsyncGenerator<readonly StatementEntry[]> {
  let balanceMinor = statement.openingMinor;
  let entries = 0;
  for (const stretch of statement.stretches) {
    let since = stretch.since;
    for (;;) {
      const { where, source } = within(statement.account, statement, { since, version: stretch.version });
      const text = `SELECT t.id, t.version, t.at, t.kind, t.amount AS "amountMinor", c.code AS "otherCode", o.number AS "orderNumber", t.reference,
          coalesce(p.name, p.email) AS person, w.note
        FROM (SELECT * FROM ${source} WHERE ${where.where} ORDER BY t.version LIMIT ${where.value(PAGE)}) t
        JOIN accounts c ON c.id = t.other LEFT JOIN orders o ON o.id = t.order_id
        LEFT JOIN wallet_transfers w ON t.kind = 'p2p' AND w.id = t.id
        LEFT JOIN customers p ON p.id = CASE WHEN t.amount < 0 THEN w.to_customer ELSE w.from_customer END
        ORDER BY t.version`;
      const { rows } = await db.query<Omit<StatementEntry, 'balanceMinor'>>(prepared('statement-entries', text, where.values));
      if (rows.length > 0) {
        yield rows.map((row) => {
          balanceMinor += row.amountMinor;
          return { ...row, balanceMinor };
        });
      }
      entries += rows.length;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      since = last.version;
    }
  }
  if (balanceMinor !== statement.closingMinor || entries !== statement.entries)
    throw new Error(`A statement of ${statement.account.code} ended at ${balanceMinor}, not at ${statement.closingMinor}`);
}
