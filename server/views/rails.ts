import type { TopUpStatus } from '../domains/rails/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** A top up as its owner sees it. */
export interface TopUpView {
  readonly id: string;
  readonly walletId: string;
  readonly method: 'card' | 'bank';
  readonly status: TopUpStatus;
  readonly amountMinor: bigint;
  readonly creditedMinor: bigint;
  readonly currency: string;
  readonly reference: string | null;
  /** Where the cardholder's bank asks something. */
  readonly actionUrl: string | null;
  readonly card: { readonly brand: string; readonly last4: string } | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

const TOP_UP = `t.id, t.wallet_id AS "walletId", t.method, t.status, t.amount_minor AS "amountMinor", t.credited_minor AS "creditedMinor",
  t.currency, t.reference, t.next_action->>'url' AS "actionUrl", t.card, t.failure, t.created_at AS "createdAt", t.settled_at AS "settledAt"`;

/** One top up of the reader's. Throws `not_found`. */
export async function readTopUpView(db: Queryable, scope: Scope, id: string): Promise<TopUpView> {
  const where = new Conditions().add((p) => `t.id = ${p}`, isId(id) ? id : null);
  if (scope.customerId !== null) where.add((p) => `t.customer_id = ${p}`, scope.customerId);
  const text = `SELECT ${TOP_UP} FROM top_ups t WHERE ${where.where}`;
  const { rows } = await db.query<TopUpView>(prepared('top-up', text, where.values));
  if (!rows[0]) throw new DomainError('not_found', 'There is no such top up.');
  return rows[0];
}

export interface PayoutView {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly holder: string;
  readonly country: string;
  readonly last4: string;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

const PAYOUT = `p.id, p.status, p.amount_minor AS "amountMinor", p.currency, a.holder, a.country, a.last4, p.reason,
  p.created_at AS "createdAt", p.settled_at AS "settledAt"`;

/** What is on its way into and out of a wallet, and what lately failed or came back, newest first. */
export interface OnTheWay {
  readonly topUps: readonly TopUpView[];
  readonly payouts: readonly PayoutView[];
}

const SHOWN = 10;
/** Ended ones are worth telling of for this long. */
const RECENT = "interval '2 days'";

export async function readOnTheWay(db: Queryable, walletId: string): Promise<OnTheWay> {
  const topUps = `SELECT ${TOP_UP} FROM top_ups t WHERE t.wallet_id = $1
    AND (t.status IN ('sending', 'requires_action', 'unknown', 'awaiting_transfer', 'arriving') OR (t.status = 'failed' AND t.created_at > now() - ${RECENT}))
    ORDER BY t.id DESC LIMIT ${SHOWN}`;
  const payouts = `SELECT ${PAYOUT} FROM payouts p JOIN bank_accounts a ON a.id = p.bank_account_id WHERE p.wallet_id = $1
    AND (p.status IN ('sending', 'unknown', 'accepted') OR (p.status IN ('rejected', 'returned') AND p.created_at > now() - ${RECENT}))
    ORDER BY p.id DESC LIMIT ${SHOWN}`;
  const [inward, outward] = [
    await db.query<TopUpView>(prepared('on-the-way-in', topUps, [walletId])),
    await db.query<PayoutView>(prepared('on-the-way-out', payouts, [walletId])),
  ];
  return { topUps: inward.rows, payouts: outward.rows };
}

export interface BankAccountView {
  readonly id: string;
  readonly holder: string;
  readonly country: string;
  readonly last4: string;
  readonly addedAt: Date;
}

/** The accounts that money may be sent to, newest first. */
export async function listBankAccounts(
  db: Queryable,
  owner: { readonly customerId: string } | { readonly merchantId: string },
): Promise<BankAccountView[]> {
  const [column, id] = 'customerId' in owner ? ['customer_id', owner.customerId] : ['merchant_id', owner.merchantId];
  const text = `SELECT id, holder, country, last4, added_at AS "addedAt" FROM bank_accounts WHERE ${column} = $1 AND removed_at IS NULL ORDER BY id DESC`;
  const { rows } = await db.query<BankAccountView>(prepared(`bank-accounts-${column}`, text, [id]));
  return rows;
}

/** Money that waits in suspense: a transfer that named nobody, or what came for a wallet that cannot take it. */
export interface PayInView {
  readonly bankRef: string;
  readonly written: string;
  readonly why: string | null;
  /** Whose it is, as far as that is known: by the reference, or since it had been theirs before. */
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly booked: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly assignedBy: Actor | null;
  readonly assignedNote: string | null;
  /** Whether a second person is asked. */
  readonly waits: boolean;
  readonly firstAt: Date;
}

type RawPayIn = Omit<PayInView, 'assignedBy'> & { readonly assignedBy: string | null };

/** Transfers in suspense, oldest first. */
export async function listPayIns(db: Queryable, request: PageRequest): Promise<Page<PayInView>> {
  const page = await keysetPage<RawPayIn>(
    db,
    {
      label: 'pay-ins',
      columns: `p.bank_ref AS "bankRef", p.written, p.why, c.id AS "customerId",
        coalesce(c.name, c.email) AS "customerName", p.booked, p.amount_minor AS "amountMinor", p.currency, p.assigned_by AS "assignedBy",
        p.assigned_note AS "assignedNote", p.approval_id IS NOT NULL AS waits, p.first_at AS "firstAt"`,
      from: 'bank_pay_ins p LEFT JOIN top_ups u ON u.id = p.top_up_id LEFT JOIN customers c ON c.id = coalesce(p.customer_id, u.customer_id)',
      where: new Conditions().plain("p.booked = 'suspense'"),
      by: 'p.first_at',
      id: 'md5(p.bank_ref)::uuid',
      descending: false,
    },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.assignedBy),
  );
  return {
    ...page,
    items: page.items.map((row) => ({ ...row, assignedBy: row.assignedBy === null ? null : name(row.assignedBy) })),
  };
}

/** How many transfers wait for a person, to `COUNT_CAP`. */
export async function countPayIns(db: Queryable): Promise<number> {
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM bank_pay_ins WHERE booked = 'suspense' LIMIT ${COUNT_CAP}) c`;
  const { rows } = await db.query<{ n: number }>(prepared('pay-ins-count', text, []));
  return rows[0]?.n ?? 0;
}

/** What a merchant is owed in a currency, and what of it may be paid out. */
export interface OwedToMerchant {
  readonly currency: string;
  readonly owedMinor: bigint;
  readonly availableMinor: bigint;
}

export async function readMerchantPayable(db: Queryable, merchantId: string): Promise<OwedToMerchant[]> {
  const text = `SELECT currency, credits_posted - debits_posted AS "owedMinor", credits_posted - debits_posted - debits_pending AS "availableMinor"
    FROM accounts WHERE kind = 'merchant_payable' AND merchant_id = $1 ORDER BY currency`;
  const { rows } = await db.query<OwedToMerchant>(prepared('merchant-payable', text, [merchantId]));
  return rows;
}

/** A merchant's payouts, newest first. */
export async function listMerchantPayouts(
  db: Queryable,
  request: PageRequest & { readonly merchantId: string },
): Promise<Page<PayoutView>> {
  return keysetPage<PayoutView>(
    db,
    {
      label: 'merchant-payouts',
      columns: PAYOUT,
      from: 'payouts p JOIN bank_accounts a ON a.id = p.bank_account_id',
      where: new Conditions().add((p) => `p.merchant_id = ${p}`, request.merchantId),
      by: 'p.created_at',
      id: 'p.id',
    },
    request,
  );
}
