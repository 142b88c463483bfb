import type { IssueGiftCardInput } from '../../server/domains/gift-cards/schema.ts';
import { DEMO_USERS } from '../../server/platform/auth/demo-users.ts';
import type { PlannedOrder, Story } from './plan.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;
/** Before the first order: an account's entries stand in the order in which they happened. */
const CREDITED_DAYS_AGO = 62;
const EXPIRED_DAYS_AGO = 9;

interface Gift {
  readonly key: string;
  readonly shop: string;
  readonly minor: bigint;
  readonly reason: IssueGiftCardInput['reason'];
  readonly daysAgo: number;
  readonly note?: string;
  /** In so many days it ends; in the past it has. */
  readonly endsIn?: number;
  /** What became of it, and why. */
  readonly ended?: { readonly action: 'freeze' | 'void'; readonly reason: string };
}

/** One of everything that a gift card can become. */
const GIFTS: readonly Gift[] = [
  { key: 'used', shop: 'nordlicht', minor: 10_000n, reason: 'sold', daysAgo: 58, note: 'Christmas voucher', endsIn: 700 },
  { key: 'back', shop: 'nordlicht', minor: 5_000n, reason: 'sold', daysAgo: 57 },
  {
    key: 'over',
    shop: 'nordlicht',
    minor: 2_500n,
    reason: 'promotion',
    daysAgo: 56,
    note: 'Autumn raffle',
    endsIn: -EXPIRED_DAYS_AGO,
  },
  {
    key: 'lost',
    shop: 'nordlicht',
    minor: 4_000n,
    reason: 'goodwill',
    daysAgo: 31,
    ended: { action: 'freeze', reason: 'Reported as lost' },
  },
  {
    key: 'slip',
    shop: 'nordlicht',
    minor: 7_500n,
    reason: 'other',
    daysAgo: 24,
    ended: { action: 'void', reason: 'Issued twice by mistake' },
  },
  { key: 'soon', shop: 'nordlicht', minor: 1_500n, reason: 'promotion', daysAgo: 12, note: 'First order', endsIn: 20 },
  { key: 'tea', shop: 'harbour-lane', minor: 3_000n, reason: 'sold', daysAgo: 17, note: 'Secret Santa' },
  {
    key: 'thanks',
    shop: 'harbour-lane',
    minor: 2_000n,
    reason: 'goodwill',
    daysAgo: 6,
    note: 'The mug arrived broken',
    endsIn: 359,
  },
  { key: 'kumo', shop: 'kumo', minor: 5_000n, reason: 'sold', daysAgo: 3 },
];

/** What pays for which of the first demo customer's orders beside the card. */
interface PaidBy {
  readonly with: 'used' | 'back' | 'credit';
  readonly minor: bigint;
  readonly stories: readonly Story[];
  /** At least: its story has ended by now. */
  readonly daysAgo: number;
}
const PAID_BY: readonly PaidBy[] = [
  { with: 'back', minor: 3_000n, stories: ['refunded'], daysAgo: 12 },
  { with: 'used', minor: 4_000n, stories: ['delivered'], daysAgo: 8 },
  { with: 'credit', minor: 1_250n, stories: ['delivered'], daysAgo: 8 },
];
/** An order that is worth this much leaves something for the card. */
const WORTH_MINOR = 6_000;

/**
 * Gift cards and store credit by the flows that people use, and the orders that they help to pay for: the same orders as planned, some
 * with tenders. Under keys of their own, so that a second run issues nothing twice.
 */
export async function giveGifts(
  stage: Stage,
  shops: readonly Shop[],
  plan: readonly PlannedOrder[],
): Promise<readonly PlannedOrder[]> {
  const cards = new Map(await Promise.all(GIFTS.map(async (gift) => [gift.key, await issue(stage, shops, gift)] as const)));
  await stage.flows.expireGiftCards(contextOf(stage, 'system:gift-cards', daysFrom(stage, -EXPIRED_DAYS_AGO)));
  await giveCredit(stage, shops);
  return withTenders(stage, plan, cards);
}

const daysFrom = ({ base }: Pick<Stage, 'base'>, days: number): Date => new Date(base.getTime() + days * DAY_MS);

async function issue(stage: Stage, shops: readonly Shop[], gift: Gift): Promise<string> {
  const shop = shops.find(({ slug }) => slug === gift.shop);
  if (!shop) throw new Error(`There is no demo shop ${gift.shop}`);
  const { minor: amountMinor, reason, note, endsIn } = gift;
  const at = daysFrom(stage, -gift.daysAgo);
  const { id } = await stage.time.at(at, () =>
    stage.flows.issueGiftCard(
      {
        merchantId: shop.id,
        currency: shop.currency,
        amountMinor,
        reason,
        ...(note ? { note } : {}),
        ...(endsIn === undefined ? {} : { expiresAt: daysFrom(stage, endsIn) }),
      },
      contextOf(stage, stage.actors.agent, at),
      `seed:gift:${gift.key}`,
    ),
  );
  if (gift.ended) {
    const later = new Date(at.getTime() + 2 * DAY_MS);
    const wish = { giftCardId: id, ...gift.ended };
    const ctx = contextOf(stage, stage.actors.agent, later);
    await stage.time.at(later, () => stage.flows.changeGiftCard(wish, ctx, `seed:gift:${gift.key}:ended`));
  }
  return id;
}

/** Credit of both customers who can sign in; the second one's waits to be looked into. */
async function giveCredit(stage: Stage, shops: readonly Shop[]): Promise<void> {
  const [shop] = shops;
  const emails = DEMO_USERS.filter((user) => user.role === 'customer').map((user) => user.email);
  const { rows } = await stage.pool.query<{ id: string }>(
    'SELECT id FROM customers WHERE email = ANY($1::text[]) ORDER BY array_position($1::text[], email)',
    [emails],
  );
  const at = daysFrom(stage, -CREDITED_DAYS_AGO);
  const given = [
    { minor: 2_000n, reason: 'goodwill', note: 'Two weeks late' },
    { minor: 1_200n, reason: 'promotion', note: 'Brought a friend' },
  ] as const;
  for (const [place, { minor: amountMinor, reason, note }] of given.entries()) {
    const customerId = rows[place]?.id;
    if (!shop || !customerId) continue;
    const wish = { merchantId: shop.id, customerId, currency: shop.currency, amountMinor, reason, note };
    const ctx = contextOf(stage, stage.actors.agent, at);
    const { id } = await stage.time.at(at, () => stage.flows.issueStoreCredit(wish, ctx, `seed:credit:${place}`));
    if (place === 0) continue;
    const freeze = { action: 'freeze', storeCreditId: id, reason: 'The friend has the same address' } as const;
    await stage.time.at(at, () => stage.flows.changeStoreCredit(freeze, ctx, `seed:credit:${place}:freeze`));
  }
}

function withTenders(stage: Stage, plan: readonly PlannedOrder[], cards: ReadonlyMap<string, string>): readonly PlannedOrder[] {
  const customer = DEMO_USERS.find((user) => user.role === 'customer')?.email;
  const own = plan.filter((order) => order.person.email === customer && worthOf(order) >= WORTH_MINOR);
  const changed = new Map<PlannedOrder, PlannedOrder>();
  for (const { with: means, minor: amountMinor, stories, daysAgo } of PAID_BY) {
    const latest = daysFrom(stage, -daysAgo);
    const order = own.findLast((one) => stories.includes(one.story) && one.placedAt <= latest && !changed.has(one));
    if (!order) continue;
    const tender =
      means === 'credit'
        ? ({ type: 'store_credit', amountMinor } as const)
        : ({ type: 'gift_card', giftCardId: cards.get(means), amountMinor } as const);
    changed.set(order, { ...order, tenders: [tender] });
  }
  return plan.map((order) => changed.get(order) ?? order);
}

/** What the goods of an order cost, in minor units of a currency with two digits. */
function worthOf({ shop, lines }: PlannedOrder): number {
  const price = (sku: string) => Number(shop.goods.find((good) => good.code === sku)?.price);
  return lines.reduce((sum, line) => sum + line.quantity * price(line.sku) * 100, 0);
}
