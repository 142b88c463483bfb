import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../db.ts';
import { lockStep } from '../locks.ts';
import type { Locked, Verb } from '../verb.ts';

/**
 * The smallest verb there can be, for tests of the machinery: adds to the counters of the database. `do` says what befalls the request.
 */
export interface Add {
  readonly kind: string;
  readonly by: number;
  readonly do?: 'refuse' | 'overload' | 'throw' | 'violate' | 'refuse-late';
}

export interface Counters extends Locked {
  readonly values: Map<string, bigint>;
  readonly poison: string[];
}

export const addToCounter: Verb<Add, Counters, { value: number }> = {
  name: 'add-to-counter',
  async lock(tx, requests) {
    const kinds = [...new Set(requests.map((request) => request.input.kind))].sort();
    lockStep(tx, 'number_counters');
    await tx.query(
      `INSERT INTO number_counters (home, kind, value) SELECT 'EU', k, 0 FROM unnest($1::text[]) AS k ON CONFLICT DO NOTHING`,
      [kinds],
    );
    const { rows } = await tx.query<{ kind: string; value: bigint }>(
      `SELECT kind, value FROM number_counters WHERE home = 'EU' AND kind = ANY($1::text[]) ORDER BY kind FOR NO KEY UPDATE`,
      [kinds],
    );
    return { applied: 0, values: new Map(rows.map((row) => [row.kind, row.value])), poison: [] };
  },
  decide(world, { input }) {
    if (input.do === 'refuse') throw new DomainError('over_limit', 'Not that much.', { left: 3 });
    if (input.do === 'overload') throw new DomainError('overloaded');
    if (input.do === 'throw') throw new TypeError('a bug in a rule');
    const value = (world.values.get(input.kind) ?? 0n) + BigInt(input.by);
    world.values.set(input.kind, value);
    world.applied++;
    if (input.do === 'refuse-late') throw new DomainError('over_limit', 'Too late to say so.');
    if (input.do === 'violate') world.poison.push(input.kind);
    return { value: Number(value) };
  },
  async write(tx: Tx, world) {
    await tx.query(
      `UPDATE number_counters c SET value = v.value FROM unnest($1::text[], $2::int8[]) AS v(kind, value) WHERE c.home = 'EU' AND c.kind = v.kind`,
      [[...world.values.keys()], [...world.values.values()]],
    );
    // A row that is there already: SQLSTATE 23505, as a rule that the database knows and we forgot.
    if (world.poison.length > 0)
      await tx.query(`INSERT INTO number_counters (home, kind, value) VALUES ('EU', $1, 0)`, [world.poison[0]]);
  },
};
