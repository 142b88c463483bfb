import { actorKind } from '../kernel/context.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** Who did something, as people read it. `name` is null where the record is gone or the actor is unknown. */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'customer' | 'system';
  readonly id: string;
  readonly name: string | null;
}

const TEXT = `
  SELECT 'user:' || id AS actor, name FROM users WHERE id = ANY($1::uuid[])
  UNION ALL SELECT 'api_key:' || id, name FROM api_keys WHERE id = ANY($2::uuid[])
  UNION ALL SELECT 'customer:' || id, coalesce(name, email) FROM customers WHERE id = ANY($3::uuid[])`;

/** Resolves every actor of a page in one query. A system actor's name is its own ("worker", "sweep"). */
export async function resolveActors(db: Queryable, actors: Iterable<string | null>): Promise<(actor: string) => Actor> {
  const ids = { user: new Set<string>(), api_key: new Set<string>(), customer: new Set<string>() };
  for (const actor of actors) {
    if (actor === null) continue;
    const kind = actorKind(actor);
    const id = actor.slice(actor.indexOf(':') + 1);
    if (kind !== 'system' && kind in ids && isId(id)) ids[kind].add(id);
  }
  const names = new Map<string, string | null>();
  if (ids.user.size + ids.api_key.size + ids.customer.size > 0) {
    const values = [[...ids.user], [...ids.api_key], [...ids.customer]];
    const { rows } = await db.query<{ actor: string; name: string | null }>(prepared('actors', TEXT, values));
    for (const row of rows) names.set(row.actor, row.name);
  }
  return (actor) => {
    const kind = actorKind(actor);
    const id = actor.slice(actor.indexOf(':') + 1);
    return { kind, id, name: kind === 'system' ? id : (names.get(actor) ?? null) };
  };
}
