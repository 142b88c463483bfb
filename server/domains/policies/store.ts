import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { Version } from './rules.ts';
import type { TermsKind } from './schema.ts';

const POLICIES: TableSpec = {
  table: 'policies',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    kind: 'text',
    version: 'int4',
    effective_from: 'timestamptz',
    terms: 'jsonb',
    created_by: 'text',
    created_at: 'timestamptz',
  },
};

export interface NewPolicy {
  readonly id: string;
  readonly merchantId: string;
  readonly kind: TermsKind;
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly terms: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function insertPolicies(tx: Tx, policies: readonly NewPolicy[]): Promise<void> {
  await insertRows(
    tx,
    POLICIES,
    policies.map((one) => ({
      id: one.id,
      merchant_id: one.merchantId,
      kind: one.kind,
      version: one.version,
      effective_from: one.effectiveFrom,
      terms: one.terms,
      created_by: one.createdBy,
      created_at: one.createdAt,
    })),
  );
}

export interface InForce {
  readonly merchantId: string;
  readonly kind: TermsKind;
  readonly version: number;
  readonly terms: unknown;
}

/** What is in force at a moment: one row of each kind that the merchant has said anything about. */
export async function readInForce(db: Queryable, merchantIds: readonly string[], at: Date): Promise<InForce[]> {
  const { rows } = await db.query<InForce>({
    name: 'policies-in-force',
    text: `SELECT DISTINCT ON (merchant_id, kind) merchant_id AS "merchantId", kind, version, terms FROM policies
           WHERE merchant_id = ANY($1::uuid[]) AND effective_from <= $2 ORDER BY merchant_id, kind, effective_from DESC, version DESC`,
    values: [merchantIds, at],
  });
  return rows;
}

export type VersionRow = Version & { readonly merchantId: string; readonly kind: TermsKind };

/** Every version of merchants whose locks the caller holds, oldest first. */
export async function readVersions(tx: Tx, merchantIds: readonly string[]): Promise<VersionRow[]> {
  const { rows } = await tx.query<VersionRow>({
    name: 'policies-versions',
    text: `SELECT merchant_id AS "merchantId", kind, version, effective_from AS "effectiveFrom", terms FROM policies
           WHERE merchant_id = ANY($1::uuid[]) ORDER BY merchant_id, kind, version`,
    values: [merchantIds],
  });
  return rows;
}
