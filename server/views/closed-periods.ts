import type { Queryable } from '../platform/db.ts';
import { resolveActors } from './actors.ts';
import { prepared } from './conditions.ts';

/** Until when the books are closed, and who closed them last. */
export interface ClosedBooks {
  readonly until: Date;
  readonly closedBy: string | null;
  readonly closedAt: Date;
}

/** The newest closed period; null where nothing was ever closed. */
export async function readClosedBooks(db: Queryable): Promise<ClosedBooks | null> {
  const { rows } = await db.query<{ until: Date; by: string; at: Date }>(
    prepared(
      'closed-books',
      'SELECT closed_until AS until, closed_by AS by, closed_at AS at FROM ledger_periods ORDER BY closed_until DESC LIMIT 1',
      [],
    ),
  );
  const [last] = rows;
  if (!last) return null;
  const who = await resolveActors(db, [last.by]);
  return { until: last.until, closedBy: who(last.by).name, closedAt: last.at };
}
