import type { Tx } from '../../platform/db.ts';
import type { Invariant } from './invariant.ts';
import { verifySeals } from './seals.ts';

export const SEALS_VERIFY = 'ledger.seals';

const VERIFY: Invariant = {
  id: SEALS_VERIFY,
  group: 1,
  title: 'Every transfer and audit row is as it was sealed, and the chain of seals is whole',
  find: async (tx, { full }) => (await verifySeals(tx, { sinceMark: !full })).findings,
};

/** Part of group 1: nobody changed the past. */
export const SEAL_INVARIANTS: readonly Invariant[] = [VERIFY];

/** The end of a chain. */
export interface SealHeadMark {
  readonly home: string;
  readonly number: bigint;
  readonly hash: Buffer;
}

/** The newest seal of each chain. */
export async function sealHeads(tx: Tx): Promise<readonly SealHeadMark[]> {
  const { rows } = await tx.query<SealHeadMark>(
    `SELECT s.home, s.number, s.hash
     FROM (SELECT home, max(number) AS number FROM seals GROUP BY home) h JOIN seals s USING (home, number)`,
  );
  return rows;
}
