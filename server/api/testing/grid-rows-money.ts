import { newId } from '../../kernel/ids.ts';
import type { ProcedurePath } from '../root.ts';
import type { GridWorld, Row } from './grid-world.ts';

const DAY_MS = 86_400_000;
let days = 0;

/** A day that no other row has read. */
function anotherDay(): string {
  days += 1;
  return new Date(Date.parse('2020-01-01T00:00:00Z') + days * DAY_MS).toISOString().slice(0, 10);
}

/** A difference that nobody has looked at. */
async function difference(w: GridWorld): Promise<string> {
  const id = newId();
  await w.rest.db.pool.query(
    `INSERT INTO reconciliation_items (id, provider, key, run_id, kind, status, booking, external_id, reference, currency, theirs_minor,
       ours_minor, occurred_at, seen_at)
     VALUES ($1, 'card', $2, $1, 'missing_here', 'open', 'charge', $2, $2, 'EUR', 100, 0, now(), now())`,
    [id, `txn_${id}`],
  );
  return id;
}

/** Money at the edges of the house. */
export const MONEY_ROWS: Readonly<Partial<Record<ProcedurePath, Row>>> = {
  'reconciliation.start': async (w, tenant) => {
    const [day, other] = [anotherDay(), anotherDay()];
    return {
      caller: await w.callerOf(tenant, 'reconciliation.start'),
      input: { provider: 'card', from: day, to: day },
      other: { provider: 'card', from: other, to: other },
    };
  },
  'reconciliation.resolve': async (w, tenant) => {
    const itemId = await difference(w);
    return {
      caller: await w.callerOf(tenant, 'reconciliation.resolve'),
      input: { itemId, resolution: 'explain', note: 'Known to both' },
      other: { itemId, resolution: 'write_off', note: 'Known to nobody' },
    };
  },
};
