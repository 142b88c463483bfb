import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface AuditFilter {
  /** "<kind>:<id>". */
  readonly actor?: string | undefined;
  readonly entity?: string | undefined;
  readonly entityId?: string | undefined;
  readonly action?: string | undefined;
  readonly traceId?: string | undefined;
}

/** One field that a change touched; undefined where the side has no such field. */
export interface FieldChange {
  readonly field: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  /** What people call the record: an order's number, a SKU's code, a user's name. Null where it has no name. */
  readonly entityLabel: string | null;
  readonly changes: readonly FieldChange[];
  readonly reason: string | null;
  readonly traceId: string;
}

type Raw = Omit<AuditRow, 'actor' | 'changes' | 'entityLabel'> & {
  readonly actor: string;
  readonly before: Record<string, Json> | null;
  readonly after: Record<string, Json> | null;
};

/** Who changed what, newest first. Ids are UUIDv7, so their order is that of time within a process. */
export async function listAudit(db: Queryable, scope: Scope, filter: AuditFilter & PageRequest): Promise<Page<AuditRow>> {
  const where = new Conditions().scope(scope, 'a', null);
  if (filter.actor !== undefined) where.add((p) => `a.actor = ${p}`, filter.actor);
  if (filter.entity !== undefined) where.add((p) => `a.entity = ${p}`, filter.entity);
  if (filter.entityId !== undefined) where.add((p) => `a.entity_id = ${p}`, filter.entityId);
  if (filter.action !== undefined) where.add((p) => `a.action = ${p}`, filter.action);
  if (filter.traceId !== undefined) where.add((p) => `a.trace_id = ${p}`, filter.traceId);
  const page = await keysetPage<Raw>(
    db,
    {
      label: 'audit-list',
      columns: `a.id, a.at, a.actor, a.action, a.entity, a.entity_id AS "entityId", a.before, a.after, a.reason, a.trace_id AS "traceId"`,
      from: 'audit_log a',
      where,
      by: 'a.id',
      id: 'a.id',
      cast: 'uuid',
      check: isId,
    },
    filter,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.actor),
  );
  const label = await entityLabels(db, page.items);
  return {
    ...page,
    items: page.items.map(({ before, after, ...row }) => ({
      ...row,
      actor: name(row.actor),
      entityLabel: label(row),
      changes: fieldChanges(before, after),
    })),
  };
}

/** The fields in which two states of a record differ, by name. Compared as JSON: nested values count as one field. */
export function fieldChanges(
  before: Readonly<Record<string, Json>> | null,
  after: Readonly<Record<string, Json>> | null,
): FieldChange[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return fields
    .map((field) => ({ field, before: before?.[field], after: after?.[field] }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

const LABELS = `
  SELECT 'order' AS entity, id::text AS id, number AS label FROM orders WHERE id = ANY($1::uuid[])
  UNION ALL SELECT 'sku', id::text, code FROM skus WHERE id = ANY($2::uuid[])
  UNION ALL SELECT 'user', id::text, name FROM users WHERE id = ANY($3::uuid[])
  UNION ALL SELECT 'customer', id::text, coalesce(name, email) FROM customers WHERE id = ANY($4::uuid[])`;

type Entity = Pick<Raw, 'entity' | 'entityId'>;

async function entityLabels(db: Queryable, rows: readonly Entity[]): Promise<(row: Entity) => string | null> {
  const idsOf = (entity: string) => [
    ...new Set(rows.filter((row) => row.entity === entity && isId(row.entityId)).map((row) => row.entityId)),
  ];
  const values = ['order', 'sku', 'user', 'customer'].map(idsOf);
  const labels = new Map<string, string | null>();
  if (values.some((ids) => ids.length > 0)) {
    const found = await db.query<{ entity: string; id: string; label: string | null }>(prepared('audit-labels', LABELS, values));
    for (const row of found.rows) labels.set(`${row.entity}:${row.id}`, row.label);
  }
  return (row) => labels.get(`${row.entity}:${row.entityId}`) ?? null;
}

/** The entities and actions that occur, for the filters; read by index skips, not by reading the log. */
export async function auditWords(db: Queryable): Promise<{ readonly entities: readonly string[] }> {
  const { rows } = await db.query<{ entity: string }>({
    name: 'audit-entities',
    text: `WITH RECURSIVE e AS (
             (SELECT entity FROM audit_log ORDER BY entity LIMIT 1)
             UNION ALL
             SELECT (SELECT a.entity FROM audit_log a WHERE a.entity > e.entity ORDER BY a.entity LIMIT 1) FROM e WHERE e.entity IS NOT NULL)
           SELECT entity FROM e WHERE entity IS NOT NULL`,
  });
  return { entities: rows.map((row) => row.entity) };
}
