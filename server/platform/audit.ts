import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { jsonCopy } from './canonical-json.ts';
import type { Queryable, Tx } from './db.ts';
import { insertRows, type TableSpec } from './rows.ts';

/**
 * One change as the audit log shows it. `before` and `after` hold what a person should see of the record, never a secret: no
 * password or key hashes, no tokens.
 */
export interface NewAudit {
  /** "<entity>.<past participle>", such as user.role_changed. */
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  readonly merchantId?: string | null;
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly reason?: string | null;
}

/** A change with who made it: what one batch collects from many callers. */
export interface Audited {
  readonly ctx: Ctx;
  readonly entry: NewAudit;
}

const AUDIT_LOG: TableSpec = {
  table: 'audit_log',
  columns: {
    id: 'uuid',
    at: 'timestamptz',
    actor: 'text',
    action: 'text',
    entity: 'text',
    entity_id: 'text',
    merchant_id: 'uuid',
    before: 'jsonb',
    after: 'jsonb',
    reason: 'text',
    trace_id: 'text',
  },
};

/** Writes audit rows of one caller in the transaction that made the changes. */
export function writeAudit(tx: Tx, ctx: Ctx, entries: readonly NewAudit[]): Promise<void> {
  return writeAudits(
    tx,
    entries.map((entry) => ({ ctx, entry })),
  );
}

/** Writes the audit rows of a whole batch with one statement. */
export async function writeAudits(tx: Tx, audits: readonly Audited[]): Promise<void> {
  await insertRows(
    tx,
    AUDIT_LOG,
    audits.map(({ ctx, entry }) => ({
      id: newId(),
      at: ctx.now,
      actor: ctx.actor,
      action: entry.action,
      entity: entry.entity,
      entity_id: entry.entityId,
      merchant_id: entry.merchantId ?? null,
      before: jsonCopy(entry.before ?? null),
      after: jsonCopy(entry.after ?? null),
      reason: entry.reason ?? null,
      trace_id: ctx.traceId,
    })),
  );
}

/**
 * Who changed each record last by one of these actions, and when: what a person is told whose own change came too late. A record has
 * other actions too (a SKU's stock is adjusted) that do not touch what was edited.
 */
export async function lastChanges(
  db: Queryable,
  entity: string,
  actions: readonly string[],
  entityIds: readonly string[],
): Promise<Map<string, { readonly actor: string; readonly at: Date }>> {
  const { rows } = await db.query<{ id: string; actor: string; at: Date }>({
    name: 'audit-last-changes',
    text: `SELECT DISTINCT ON (entity_id) entity_id AS id, actor, at FROM audit_log WHERE entity = $1 AND entity_id = ANY($2::text[]) AND action = ANY($3::text[])
           ORDER BY entity_id, id DESC`,
    values: [entity, entityIds, actions],
  });
  return new Map(rows.map(({ id, actor, at }) => [id, { actor, at }]));
}
