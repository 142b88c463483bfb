import { GL_DEFAULTS, type GlAccount, type GlMapping, glAccountOf } from '../../domains/gl/rules.ts';
import { GL_KINDS, type GlKind } from '../../domains/gl/schema.ts';
import type { Queryable } from '../../platform/db.ts';
import type { Scope } from '../scope.ts';

/** Every line of the mapping that says something: those for everybody, and those of the merchants within the scope. */
export async function readMappings(db: Queryable, { merchantId }: Pick<Scope, 'merchantId'>): Promise<GlMapping[]> {
  const { rows } = await db.query<Omit<GlMapping, 'account'> & { number: string | null; name: string | null }>({
    name: 'gl-mappings',
    text: `SELECT id, kind, merchant_id AS "merchantId", number, name, version FROM gl_accounts
           WHERE merchant_id IS NULL OR $1::uuid IS NULL OR merchant_id = $1`,
    values: [merchantId],
  });
  return rows.map(({ number, name, ...rest }) => ({
    ...rest,
    account: number === null || name === null ? null : { number, name },
  }));
}

/** How one kind of account is called in the books. */
export interface GlRow {
  readonly kind: GlKind;
  readonly account: GlAccount;
  /** default: out of the box. general: set for everybody. own: set for the merchant that was asked about. */
  readonly from: 'default' | 'general' | 'own';
  /** Of the line that a change would change; 0 where there is none. */
  readonly version: number;
}

/** The whole mapping as it holds for everybody, or for one merchant. */
export async function listGlAccounts(db: Queryable, merchantId: string | null): Promise<GlRow[]> {
  const mappings = await readMappings(db, { merchantId });
  const find = glAccountOf(mappings);
  const line = (kind: GlKind, of: string | null) => mappings.find((one) => one.kind === kind && one.merchantId === of);
  return GL_KINDS.map((kind) => {
    const own = merchantId === null ? undefined : line(kind, merchantId);
    const from = own?.account ? 'own' : line(kind, null)?.account ? 'general' : 'default';
    return {
      kind,
      account: from === 'default' ? GL_DEFAULTS[kind] : find(kind, merchantId),
      from,
      version: Number(line(kind, merchantId)?.version ?? 0n),
    };
  });
}
