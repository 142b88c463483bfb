import type { Tx } from './db.ts';
import { lockStep } from './locks.ts';

/** The first number a counter gives: people should not be able to tell the first order from the thousandth. */
const FIRST = 10_001;

/** What is numbered for people. */
export type NumberKind =
  | 'order'
  | 'shipment'
  | 'refund'
  | 'pick_list'
  | 'purchase_order'
  | 'manifest'
  | 'claim'
  | 'return'
  | 'transfer'
  | 'stock_count'
  | 'dispute';

/** What stands before a number, so that people know what it is of: EU-S10001. */
export const NUMBER_LETTERS: Readonly<Record<NumberKind, string>> = {
  order: '',
  shipment: 'S',
  refund: 'R',
  pick_list: 'P',
  purchase_order: 'B',
  manifest: 'M',
  claim: 'C',
  return: 'A',
  transfer: 'T',
  stock_count: 'I',
  dispute: 'D',
};

/**
 * Takes `count` consecutive numbers of a kind in a home and returns the first. Gap-free: a transaction that rolls back gives them back.
 * The row is locked until commit, which is why it comes last in the lock order.
 */
export async function takeNumbers(tx: Tx, home: string, kind: NumberKind, count: number): Promise<number> {
  lockStep(tx, 'number_counters');
  const { rows } = await tx.query<{ value: bigint }>({
    name: 'counters-take',
    text: `INSERT INTO number_counters AS c (home, kind, value) VALUES ($1, $2, $4::bigint + $3::bigint - 1)
           ON CONFLICT (home, kind) DO UPDATE SET value = c.value + $3::bigint RETURNING value`,
    values: [home, kind, count, FIRST],
  });
  return Number((rows[0] as { value: bigint }).value) - count + 1;
}

/** Gives back the numbers at the end of what this transaction took: refused requests leave no gap. */
export async function giveBackNumbers(tx: Tx, home: string, kind: NumberKind, count: number): Promise<void> {
  await tx.query({
    name: 'counters-give-back',
    text: 'UPDATE number_counters SET value = value - $3 WHERE home = $1 AND kind = $2',
    values: [home, kind, count],
  });
}
