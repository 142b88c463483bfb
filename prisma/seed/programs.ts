import { createHash } from 'node:crypto';
import { chart, FUNDING } from '../../server/domains/ledger/schema.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;

const ACCOUNTS = [
  { ownCode: 'loyalty', name: 'Loyalty points', creditLimitMinor: 0n },
  { ownCode: 'autumn-sale', name: 'Autumn sale budget', creditLimitMinor: 50_000n },
  { ownCode: 'seller-arbor', name: 'Arbor Ceramics, marketplace seller', creditLimitMinor: 0n },
] as const;

/** What is put into programs and taken out of them, how many days ago. The last one is only held. */
const MOVED: readonly (readonly [
  from: string,
  to: string,
  minor: bigint,
  daysAgo: number,
  kind: string,
  reference: string | null,
])[] = [
  [FUNDING, 'autumn-sale', 250_000n, 26, 'budget_set', null],
  ['autumn-sale', 'loyalty', 18_400n, 20, 'points_earned', 'week 44'],
  ['autumn-sale', 'seller-arbor', 64_250n, 17, 'discount_shared', 'October'],
  ['autumn-sale', 'loyalty', 21_750n, 13, 'points_earned', 'week 45'],
  ['loyalty', FUNDING, 6_300n, 11, 'points_spent', 'week 45'],
  ['seller-arbor', FUNDING, 60_000n, 9, 'seller_paid', 'statement 0031'],
  ['autumn-sale', 'loyalty', 19_900n, 6, 'points_earned', 'week 46'],
  ['loyalty', FUNDING, 9_150n, 4, 'points_spent', 'week 46'],
  ['seller-arbor', FUNDING, 3_000n, 1, 'seller_paid', 'statement 0032'],
];

/** A merchant's own programs with a month's journals, by the flows that its programs use over REST, under keys of their own. */
export async function fillPrograms(stage: Stage, shop: Shop): Promise<void> {
  const { currency, id: merchantId } = shop;
  const at = (daysAgo: number): Date => new Date(stage.base.getTime() - daysAgo * DAY_MS);
  const opened = at(27);
  for (const { ownCode, name, creditLimitMinor } of ACCOUNTS) {
    const wish = { merchantId, ownCode, name, currency, normalSide: 'credit', limited: true, creditLimitMinor } as const;
    await stage.time.at(opened, () =>
      stage.flows.ledger.openAccount(wish, contextOf(stage, shop.actor, opened), `program:${ownCode}`),
    );
  }
  for (const [place, [debit, credit, amountMinor, daysAgo, kind, reference]] of MOVED.entries()) {
    const base = {
      id: idOf(merchantId, place),
      kind: `program.${kind}`,
      debit,
      credit,
      amountMinor,
      currency,
      reference,
    } as const;
    const held = place === MOVED.length - 1;
    const transfer = { ...base, phase: held ? ('pending' as const) : ('single' as const), orderId: null, paymentId: null };
    const now = at(daysAgo);
    await stage.time.at(now, () =>
      stage.flows.ledger.postPrograms(
        { merchantId, journals: [[transfer]] },
        contextOf(stage, shop.actor, now),
        `program journal ${place}`,
      ),
    );
  }
}

/** The same in every run: a transfer’s id is its key. */
function idOf(merchantId: string, place: number): string {
  const hex = createHash('sha1')
    .update(`${chart.programFunding(merchantId, 'EUR').code}:${place}`)
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
