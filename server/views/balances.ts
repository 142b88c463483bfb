import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { type AccountRow, readAccount } from './accounts.ts';
import { prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/**
 * What an account held in the past. Versions order its history without a gap; times do not: a transfer carries the time of the request
 * that made it, which may have waited behind a younger one in another process, and what is imported happened long before it was written.
 * So the balance at an instant is that of the entries *dated* then or before, whatever their order: the two sides of a transfer have one
 * date, therefore all accounts together balance at every instant, and one period's closing balance is the next one's opening balance.
 */
export interface PastBalance {
  readonly accountId: string;
  readonly code: string;
  readonly kind: string;
  readonly currency: string;
  readonly normalSide: 'debit' | 'credit';
  /** The newest version that counts; 0 before the first entry. */
  readonly version: bigint;
  /** Whether exactly the entries up to that version count: then the stored running balance of the version is the balance. */
  readonly inOrder: boolean;
  /** The instant that was asked for, or that of the version. Null for version 0. */
  readonly at: Date | null;
  /** Posted, on the account's normal side. */
  readonly balanceMinor: bigint;
  /** Held by pending transfers then open, on the side that lowers the balance. */
  readonly heldMinor: bigint;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

/** What a set of an account's entries adds to its counters. */
export interface Sums {
  readonly entries: bigint;
  readonly newest: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
  readonly debitsPending: bigint;
  readonly creditsPending: bigint;
}

const moved = `CASE WHEN phase IN ('single', 'post') THEN amount_minor ELSE 0 END`;
const held = `CASE phase WHEN 'single' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END`;

/**
 * Adds up the entries of account $1 up to version $2 that are dated before (`<`) or until (`<=`) $3: stretches that lie wholly before it
 * are taken from their marks; those that reach over it, and what no mark covers yet, entry by entry.
 */
const sumsText = (before: '<' | '<='): string => `
  WITH stretches AS (
    SELECT since_version, version FROM account_marks
    WHERE account_id = $1 AND version <= $2 AND first_at ${before} $3 AND NOT last_at ${before} $3
    UNION ALL
    SELECT coalesce(max(version), 0), $2 FROM account_marks WHERE account_id = $1 AND version <= $2),
  added AS (
    SELECT version - since_version AS entries, version, debits_posted, credits_posted, debits_pending, credits_pending
    FROM account_marks WHERE account_id = $1 AND version <= $2 AND last_at ${before} $3
    UNION ALL
    SELECT 1, e.version, e.debit, e.credit, e.debit_held, e.credit_held
    FROM stretches s CROSS JOIN LATERAL (
      SELECT debit_version AS version, at, ${moved} AS debit, 0 AS credit, ${held} AS debit_held, 0 AS credit_held
      FROM transfers WHERE debit_account = $1 AND debit_version > s.since_version AND debit_version <= s.version
      UNION ALL
      SELECT credit_version, at, 0, ${moved}, 0, ${held}
      FROM transfers WHERE credit_account = $1 AND credit_version > s.since_version AND credit_version <= s.version) e
    WHERE e.at ${before} $3)
  SELECT coalesce(sum(entries), 0)::bigint AS entries, coalesce(max(version), 0)::bigint AS newest,
         coalesce(sum(debits_posted), 0)::bigint AS "debitsPosted", coalesce(sum(credits_posted), 0)::bigint AS "creditsPosted",
         coalesce(sum(debits_pending), 0)::bigint AS "debitsPending", coalesce(sum(credits_pending), 0)::bigint AS "creditsPending"
  FROM added`;

/** The sums of an account's entries up to a version and an instant. `upTo` fixes the history: what is written meanwhile changes nothing. */
export async function sumsOf(
  db: Queryable,
  accountId: string,
  upTo: bigint,
  until: Date | 'infinity',
  before: '<' | '<=' = '<=',
): Promise<Sums> {
  const { rows } = await db.query<Sums>(prepared('account-sums', sumsText(before), [accountId, upTo, until]));
  return rows[0] as Sums;
}

/** A balance on the account's normal side. */
export function balanceOf(side: 'debit' | 'credit', sums: Pick<Sums, 'debitsPosted' | 'creditsPosted'>): bigint {
  const credit = sums.creditsPosted - sums.debitsPosted;
  return side === 'credit' ? credit : -credit;
}

function past(account: AccountRow, sums: Sums, at: Date | null): PastBalance {
  const { id: accountId, code, kind, currency, normalSide } = account;
  return {
    accountId,
    code,
    kind,
    currency,
    normalSide,
    version: sums.newest,
    inOrder: sums.entries === sums.newest,
    at,
    balanceMinor: balanceOf(normalSide, sums),
    heldMinor: normalSide === 'credit' ? sums.debitsPending : sums.creditsPending,
    debitsMinor: sums.debitsPosted,
    creditsMinor: sums.creditsPosted,
  };
}

/** One entry by its version: two look-ups in an index, of which one finds it. */
const ENTRY = `
  SELECT at, debit_balance_minor AS "balanceMinor" FROM transfers WHERE debit_account = $1 AND debit_version = $2
  UNION ALL
  SELECT at, credit_balance_minor FROM transfers WHERE credit_account = $1 AND credit_version = $2`;

/**
 * The balance after a version: the running balance that its entry stores. Throws `not_found`, and `invalid_request` for a version that
 * the account has not reached.
 */
export async function balanceAtVersion(db: Queryable, scope: Scope, id: string, version: bigint): Promise<PastBalance> {
  const account = await readAccount(db, scope, id);
  if (version > account.version) {
    throw new DomainError(
      'invalid_request',
      `The account is at version ${account.version}. Ask for that version or an earlier one.`,
      {
        field: 'version',
        version: Number(account.version),
      },
    );
  }
  const sums = await sumsOf(db, id, version, 'infinity');
  if (version === 0n) return past(account, sums, null);
  const { rows } = await db.query<{ at: Date; balanceMinor: bigint }>(prepared('account-entry', ENTRY, [id, version]));
  const [entry] = rows;
  const found = past(account, sums, entry?.at ?? null);
  // The stored balance and the sum of the history come from different columns: one of them wrong is a broken book, not an answer.
  if (entry?.balanceMinor !== found.balanceMinor || !found.inOrder)
    throw new Error(
      `Account ${account.code} stores ${entry?.balanceMinor} at version ${version}, its entries add up to ${found.balanceMinor}`,
    );
  return found;
}

/** The balance at an instant, entries of that instant included. Throws `not_found`, and `invalid_request` for what is still to come. */
export async function balanceAt(db: Queryable, scope: Scope, id: string, at: Date, now: Date): Promise<PastBalance> {
  const account = await readAccount(db, scope, id);
  refuseFuture(at, now);
  return past(account, await sumsOf(db, id, account.version, at), at);
}

/** The last instant of a calendar day of a zone (IANA); now where the day is not over. Throws `invalid_request` for a day to come. */
export async function dayEnd(db: Queryable, day: string, timeZone: string, now: Date): Promise<Date> {
  const text = `SELECT ($1::date)::timestamp AT TIME ZONE $2 AS "from", ($1::date + 1)::timestamp AT TIME ZONE $2 AS "to"`;
  const { rows } = await db.query<{ from: Date; to: Date }>(prepared('day-end', text, [day, timeZone]));
  const { from, to } = rows[0] as { from: Date; to: Date };
  refuseFuture(from, now);
  return to > now ? now : new Date(to.getTime() - 1);
}

/** A balance of tomorrow would be a guess. */
function refuseFuture(at: Date, now: Date): void {
  if (at > now)
    throw new DomainError('invalid_request', 'That instant is still to come. Ask for now or the past.', { field: 'at' });
}
