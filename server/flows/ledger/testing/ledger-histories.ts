import fc from 'fast-check';
import type { PaperAccount } from './naive-ledger.ts';

/** A transfer whose partners are named by their place in the history, so that shrinking keeps it meaningful. */
export type DrawnTransfer =
  | DrawnMove<'move'>
  | DrawnMove<'hold'>
  | { readonly do: 'post'; readonly nth: number; readonly amount: number; readonly final: boolean }
  | { readonly do: 'void'; readonly nth: number }
  | { readonly do: 'reverse'; readonly nth: number; readonly amount: number | null };

interface DrawnMove<Do extends 'move' | 'hold'> {
  readonly do: Do;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly foreign: boolean;
}

export interface DrawnJournal {
  readonly transfers: readonly DrawnTransfer[];
  /** How often it is sent, at once and over several lanes. */
  readonly sent: number;
  /** Whether somebody sends another amount under its first id as well. */
  readonly forged: boolean;
}

/** Waves of journals: all of one are on their way together, the next begins when all are answered. */
export interface History {
  readonly accounts: readonly PaperAccount[];
  readonly waves: readonly (readonly DrawnJournal[])[];
}

export const ACCOUNTS = 5;
/** Those of a wave may be ordered in any way: more would be too many ways to look at. */
const JOURNALS_PER_WAVE = 5;

const account: fc.Arbitrary<PaperAccount> = fc.record({
  side: fc.constantFrom('debit' as const, 'credit' as const),
  limited: fc.boolean(),
  creditLimit: fc.constantFrom(0, 0, 50),
  currency: fc.constant('EUR'),
  blocked: fc.oneof({ weight: 14, arbitrary: fc.constant(null) }, fc.constantFrom('frozen' as const, 'closed' as const)),
});
/** The first one is never blocked and lends without end, so that there is money at all. */
const source = fc.constant<PaperAccount>({ side: 'debit', limited: false, creditLimit: 0, currency: 'EUR', blocked: null });
const number = fc.nat(ACCOUNTS - 1);
const pair = fc
  .tuple(number, fc.integer({ min: 1, max: ACCOUNTS - 1 }))
  .map(([from, step]) => ({ from, to: (from + step) % ACCOUNTS }));
const amount = fc.integer({ min: 1, max: 60 });
function move<Do extends 'move' | 'hold'>(what: Do): fc.Arbitrary<DrawnMove<Do>> {
  const drawn = fc.record({ do: fc.constant(what), pair, amount, foreign: fc.nat(24) });
  return drawn.map(({ pair: { from, to }, foreign, ...rest }) => ({ ...rest, from, to, foreign: foreign === 0 }));
}

const transfer: fc.Arbitrary<DrawnTransfer> = fc.oneof(
  { weight: 4, arbitrary: move('move') },
  { weight: 2, arbitrary: move('hold') },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('post' as const), nth: fc.nat(7), amount, final: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), nth: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reverse' as const), nth: fc.nat(7), amount: fc.option(amount) }) },
);
const journal: fc.Arbitrary<DrawnJournal> = fc.record({
  transfers: fc.oneof(
    { weight: 2, arbitrary: fc.array(transfer, { minLength: 1, maxLength: 1 }) },
    fc.array(transfer, { minLength: 2, maxLength: 4 }),
  ),
  sent: fc.constantFrom(1, 1, 1, 2, 3),
  forged: fc.nat(19).map((one) => one === 0),
});

/** Random histories of the ledger. */
export const histories: fc.Arbitrary<History> = fc.record({
  accounts: fc
    .tuple(source, fc.array(account, { minLength: ACCOUNTS - 1, maxLength: ACCOUNTS - 1 }))
    .map(([first, rest]) => [first, ...rest]),
  waves: fc.array(fc.array(journal, { minLength: 1, maxLength: JOURNALS_PER_WAVE }), { minLength: 1, maxLength: 4 }),
});
