import { announced, DEFAULTS, inForce, policySentence } from '../domains/policies/rules.ts';
import type { CancellationTerms, TermsKind, TermsOf } from '../domains/policies/schema.ts';
import { NO_POLICY, termsSentence } from '../domains/returns/rules.ts';
import type { ReturnTerms } from '../domains/returns/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import type { PolicyKind } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** What merchants say of their own business: what holds now, what will, and who said it when. */
export interface TermsByKind extends TermsOf {
  readonly returns: ReturnTerms;
}

export interface PolicyVersionView<K extends PolicyKind = PolicyKind> {
  /** 0 for what the house says where a merchant has said nothing. */
  readonly version: number;
  readonly effectiveFrom: Date | null;
  readonly createdAt: Date | null;
  readonly createdBy: Actor | null;
  readonly terms: TermsByKind[K];
  /** What it means for an order, as everybody is told. */
  readonly sentence: string;
}

export interface PolicyView<K extends PolicyKind = PolicyKind> {
  readonly kind: K;
  /** The newest version, which may count from a later day only: whoever changes the policy has seen it. */
  readonly version: number;
  readonly now: PolicyVersionView<K>;
  /** The nearest first. */
  readonly announced: readonly PolicyVersionView<K>[];
  /** Newest first. */
  readonly history: readonly PolicyVersionView<K>[];
}

export type PoliciesByKind = { readonly [K in PolicyKind]: PolicyView<K> };

export interface PoliciesView {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly policies: PoliciesByKind;
}

interface Row {
  readonly kind: PolicyKind;
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly terms: TermsByKind[PolicyKind];
}

const ROWS = `
  SELECT kind, version, effective_from AS "effectiveFrom", created_at AS "createdAt", created_by AS "createdBy", terms
  FROM policies WHERE merchant_id = $1
  UNION ALL
  SELECT 'returns', version, effective_from, created_at, created_by,
         jsonb_build_object('windowDays', window_days, 'sendWithinDays', send_within_days, 'restockingBps', restocking_bps, 'labelPayer', label_payer,
           'labelFeeMinor', label_fee_minor, 'destination', destination, 'exchanges', exchanges, 'autoApprove', auto_approve, 'finalSale', to_jsonb(final_sale))
  FROM return_policies WHERE merchant_id = $1`;

/** Who has policies within the reader's reach. */
export async function listPolicyMerchants(
  db: Queryable,
  scope: Scope,
): Promise<{ readonly merchantId: string; readonly merchantName: string }[]> {
  const where = new Conditions();
  if (scope.merchantId !== null) where.add((p) => `id = ${p}`, scope.merchantId);
  const text = `SELECT id AS "merchantId", name AS "merchantName" FROM merchants WHERE active AND ${where.where} ORDER BY name, id`;
  return (await db.query<{ merchantId: string; merchantName: string }>(prepared('policies-merchants', text, where.values))).rows;
}

/** Every policy of a merchant. Throws `not_found` for one that is not there or not the reader's. */
export async function readPolicies(db: Queryable, scope: Scope, merchantId: string, now: Date): Promise<PoliciesView> {
  const where = new Conditions().add((p) => `id = ${p}`, merchantId);
  if (scope.merchantId !== null) where.add((p) => `id = ${p}`, scope.merchantId);
  const found = await db.query<{ name: string; currency: string }>(
    prepared('policies-merchant', `SELECT name, currency FROM merchants WHERE ${where.where}`, where.values),
  );
  const [merchant] = found.rows;
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const { name: merchantName, currency } = merchant;
  const { rows } = await db.query<Row>(prepared('policies-of-merchant', ROWS, [merchantId]));
  const name = await resolveActors(
    db,
    rows.map((row) => row.createdBy),
  );
  const of = <K extends PolicyKind>(kind: K): PolicyView<K> => viewOf(kind, rows, currency, name, now);
  const policies = {
    cancellation: of('cancellation'),
    refund: of('refund'),
    capture: of('capture'),
    approval: of('approval'),
    returns: of('returns'),
  };
  return { merchantId, merchantName, currency, policies };
}

function viewOf<K extends PolicyKind>(
  kind: K,
  rows: readonly Row[],
  currency: string,
  name: (actor: string) => Actor,
  now: Date,
): PolicyView<K> {
  const own = rows
    .filter((row) => row.kind === kind)
    .sort((a, b) => b.version - a.version)
    .map((row): PolicyVersionView<K> & { readonly effectiveFrom: Date } => {
      const terms = read(kind, row.terms as TermsByKind[K]);
      const { version, effectiveFrom, createdAt, createdBy } = row;
      return {
        version,
        effectiveFrom,
        createdAt,
        createdBy: name(createdBy),
        terms,
        sentence: sentenceOf(kind, terms, currency),
      };
    });
  const none = defaultsOf(kind);
  return {
    kind,
    version: own[0]?.version ?? 0,
    now: inForce(own, now) ?? {
      ...{ version: 0, effectiveFrom: null, createdAt: null, createdBy: null },
      ...{ terms: none, sentence: sentenceOf(kind, none, currency) },
    },
    announced: announced(own, now),
    history: own,
  };
}

/** JSON knows no bigint. */
function read<K extends PolicyKind>(kind: K, terms: TermsByKind[K]): TermsByKind[K] {
  if (kind !== 'returns') return terms;
  const stored = terms as ReturnTerms;
  return { ...stored, labelFeeMinor: BigInt(stored.labelFeeMinor) } as TermsByKind[K];
}

const defaultsOf = <K extends PolicyKind>(kind: K): TermsByKind[K] =>
  (kind === 'returns' ? NO_POLICY.terms : DEFAULTS[kind as TermsKind]) as TermsByKind[K];

function sentenceOf<K extends PolicyKind>(kind: K, terms: TermsByKind[K], currency: string): string {
  if (kind === 'returns') return termsSentence(terms as ReturnTerms, currency);
  return policySentence(kind as TermsKind, terms as TermsOf[TermsKind], currency);
}

/** How an order of a merchant may be cancelled now. */
export async function readCancelTerms(db: Queryable, merchantId: string, now: Date): Promise<CancellationTerms> {
  const text = `SELECT terms FROM policies WHERE merchant_id = $1 AND kind = 'cancellation' AND effective_from <= $2
    ORDER BY effective_from DESC, version DESC LIMIT 1`;
  const { rows } = await db.query<{ terms: CancellationTerms }>(prepared('policies-cancellation', text, [merchantId, now]));
  return rows[0]?.terms ?? DEFAULTS.cancellation;
}
