import { type Faker, fakerDE, fakerEN_GB, fakerJA } from '@faker-js/faker';
import type { Address, TenderInput } from '../../server/domains/orders/schema.ts';
import { DEMO_USERS } from '../../server/platform/auth/demo-users.ts';
import type { Furnished, Shop } from './shops.ts';

/** What becomes of an order. */
export type Story =
  | 'delivered'
  | 'partly_shipped'
  | 'cancelled_by_customer'
  | 'declined'
  | 'abandoned'
  | 'unit_refunded'
  | 'refunded'
  | 'goodwill'
  | 'lost_parcel'
  | 'refund_waiting'
  | 'held_fraud'
  | 'held_address'
  | 'held_manual'
  | 'challenged'
  | 'in_doubt'
  | 'stuck'
  | 'shortage'
  | 'split';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly shipTo: Address;
  readonly card: string;
}

export interface PlannedOrder {
  readonly number: number;
  readonly shop: Shop;
  readonly story: Story;
  readonly placedAt: Date;
  readonly channel: 'shop' | 'api' | 'console' | 'marketplace';
  readonly person: Person;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly shippingMinor: bigint;
  readonly discountMinor: bigint;
  /** What pays beside the card. */
  readonly tenders?: readonly TenderInput[];
  readonly tags: readonly string[];
  readonly note: string | null;
  /** Minutes from placement until it is packed, and from then until it is at the door. */
  readonly packMinutes: number;
  readonly travelMinutes: number;
}

export const ORDERS = 2_000;
const DAYS = 60;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const SEED = 20_261_122;

/** Share of the day's orders by hour, UTC: quiet nights, a lunch bump, busy evenings. */
const HOURS = [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 11, 13, 11, 10, 10, 11, 13, 16, 18, 17, 13, 8, 4];
const CARDS = ['visa', 'visa', 'visa', 'mastercard', 'mastercard', 'amex'] as const;
const LOCALES: Readonly<Record<string, Faker>> = { nordlicht: fakerDE, 'harbour-lane': fakerEN_GB, kumo: fakerJA };
const PEOPLE: Readonly<Record<string, number>> = { nordlicht: 420, 'harbour-lane': 240, kumo: 140 };
const SHIPPING: Readonly<Record<string, bigint>> = { nordlicht: 490n, 'harbour-lane': 395n, kumo: 550n };
const NOTES = [
  'Customer called: please deliver after 5 pm.',
  'Gift: no invoice in the parcel.',
  'Asked whether the colour is darker than on the photo. It is.',
  'Second order this week, ship together if possible.',
  'Doorbell does not work, driver should call.',
];
const TAGS = ['gift', 'vip', 'first-order', 'newsletter', 'wholesale'];

/** Old orders: what their end is, in per mille. Recent ones are cut short by the present. */
const ENDS: readonly (readonly [story: Story, share: number])[] = [
  ['delivered', 770],
  ['partly_shipped', 30],
  ['cancelled_by_customer', 50],
  ['declined', 35],
  ['abandoned', 15],
  ['unit_refunded', 50],
  ['refunded', 30],
  ['goodwill', 15],
  ['lost_parcel', 5],
];

/** What a shop wants to show and chance would not bring about: how many, and how old in minutes (from, to). */
const SHOWN: readonly (readonly [story: Story, count: number, youngest: number, oldest: number])[] = [
  ['refund_waiting', 8, 3 * 1_440, 12 * 1_440],
  ['split', 24, 60, 20 * 1_440],
  ['held_fraud', 14, 30, 2 * 1_440],
  ['held_address', 8, 30, 2 * 1_440],
  ['held_manual', 6, 30, 3 * 1_440],
  ['shortage', 6, 60, 1_440],
  ['stuck', 3, 120, 600],
  ['challenged', 5, 1, 12],
  ['in_doubt', 4, 1, 8],
];

/** SKUs at the end of a shop's list that only `shortage` orders buy, and before them some that only the store has. */
export const RESERVED_FOR_SHORTAGE = 2;
export const STORE_ONLY = 12;
/** Of its other goods the store has every third. */
export const isInStore = (index: number): boolean => index % 3 === 0;

/** What the shop's own website calls the order. */
export function externalIdOf(order: Pick<PlannedOrder, 'number'>): string {
  return `WEB-${100_000 + order.number}`;
}

/** The 2,000 orders, oldest first: the same for the same shops and base. */
export function planOrders({ shops, base }: Furnished): PlannedOrder[] {
  for (const faker of Object.values(LOCALES)) faker.seed(SEED);
  const random = fakerEN_GB;
  const people = new Map(shops.map((shop) => [shop.slug, peopleOf(shop)]));
  const shown = SHOWN.flatMap(([story, count, youngest, oldest]) =>
    Array.from({ length: count }, () => ({ story, minutes: random.number.int({ min: youngest, max: oldest }) })),
  );
  const ordinary = Array.from({ length: ORDERS - shown.length }, () => ({
    story: pickEnd(random),
    minutes: pickAge(random, base),
  }));
  return [...shown, ...ordinary]
    .sort((a, b) => b.minutes - a.minutes)
    .map(({ story, minutes }, index) =>
      planOrder(random, shops, people, index + 1, story, new Date(base.getTime() - minutes * MINUTE_MS)),
    );
}

function pickEnd(random: Faker): Story {
  let left = random.number.int({ min: 0, max: 999 });
  for (const [story, share] of ENDS) {
    left -= share;
    if (left < 0) return story;
  }
  return 'delivered';
}

/** Minutes ago: business grows a little over the weeks, and follows the hours of the day. */
function pickAge(random: Faker, base: Date): number {
  const day = Math.floor(DAYS * random.number.float({ min: 0, max: 1 }) ** 1.25);
  const hour = random.helpers.weightedArrayElement(HOURS.map((weight, value) => ({ weight, value })));
  const midnight = Math.floor(base.getTime() / DAY_MS) * DAY_MS;
  const at = midnight - day * DAY_MS + hour * 60 * MINUTE_MS + random.number.int({ min: 0, max: 59 }) * MINUTE_MS;
  const minutes = Math.round((base.getTime() - at) / MINUTE_MS);
  // What would be later today happened yesterday.
  return minutes > 15 ? minutes : minutes + 1_440;
}

function planOrder(
  random: Faker,
  shops: readonly Shop[],
  people: ReadonlyMap<string, readonly Person[]>,
  number: number,
  story: Story,
  placedAt: Date,
): PlannedOrder {
  const own = story === 'split' || story === 'refund_waiting' || story === 'shortage' ? shops[0] : undefined;
  const shop =
    own ?? random.helpers.weightedArrayElement(shops.map((value, index) => ({ value, weight: [5, 3, 2][index] ?? 1 })));
  const crowd = people.get(shop.slug) ?? [];
  // Regulars: the first people of a shop come back more often.
  const person = crowd[Math.floor(crowd.length * random.number.float({ min: 0, max: 1 }) ** 1.7)] as Person;
  const lines = linesOf(random, shop, story, number);
  const worth = lines.reduce(
    (sum, line) => sum + line.quantity * Number(shop.goods.find((good) => good.code === line.sku)?.price),
    0,
  );
  const digits = shop.currency === 'JPY' ? 1 : 100;
  const discounted = story !== 'shortage' && random.datatype.boolean(0.1);
  return {
    number,
    shop,
    story,
    placedAt,
    channel: random.helpers.weightedArrayElement([
      { value: 'shop', weight: 7 },
      { value: 'api', weight: 2 },
      { value: 'marketplace', weight: 1 },
      { value: 'console', weight: 0.5 },
    ] as const),
    person,
    lines,
    shippingMinor: worth > (digits === 1 ? 8_000 : 80) ? 0n : (SHIPPING[shop.slug] ?? 0n),
    discountMinor: discounted ? BigInt(Math.floor(worth * digits * 0.1)) : 0n,
    tags: random.datatype.boolean(0.15) ? [random.helpers.arrayElement(TAGS)] : [],
    note: random.datatype.boolean(0.06) ? random.helpers.arrayElement(NOTES) : null,
    packMinutes: random.number.int({ min: 90, max: 30 * 60 }),
    travelMinutes: random.number.int({ min: 20 * 60, max: 4 * 1_440 }),
  };
}

function linesOf(random: Faker, shop: Shop, story: Story, number: number): { sku: string; quantity: number }[] {
  const goods = shop.goods;
  const common = goods.length - RESERVED_FOR_SHORTAGE - STORE_ONLY;
  const at = (index: number): string => goods[index]?.code ?? '';
  const popularIndex = (): number => Math.floor((common - 1) * random.number.float({ min: 0, max: 1 }) ** 1.5);
  const popular = (): string => at(popularIndex());
  if (story === 'shortage') return [{ sku: at(goods.length - 1 - (number % RESERVED_FOR_SHORTAGE)), quantity: 2 }];
  if (story === 'split') {
    const index = popularIndex();
    return [
      { sku: at(isInStore(index) ? index + 1 : index), quantity: 1 },
      { sku: at(common + random.number.int({ min: 0, max: STORE_ONLY - 1 })), quantity: 1 },
    ];
  }
  const most = story === 'refund_waiting' ? 6 : 4;
  const least = ['partly_shipped', 'unit_refunded'].includes(story) ? 2 : story === 'refund_waiting' ? 4 : 1;
  const wanted = random.number.int({ min: least, max: Math.max(least, random.number.int({ min: 1, max: most })) });
  const codes = new Set<string>();
  while (codes.size < wanted) codes.add(popular());
  return [...codes].map((sku) => ({ sku, quantity: random.datatype.boolean(0.75) ? 1 : random.number.int({ min: 2, max: 4 }) }));
}

function peopleOf(shop: Shop): Person[] {
  const faker = LOCALES[shop.slug] as Faker;
  const demo = DEMO_USERS.find((user) => user.role === 'customer');
  return Array.from({ length: PEOPLE[shop.slug] ?? 0 }, (_, index) => {
    const known = index === 0 && shop.slug === 'nordlicht' ? demo : undefined;
    const name = known?.name ?? faker.person.fullName();
    const country = shop.slug === 'nordlicht' && index % 9 === 8 ? 'AT' : shop.country;
    return {
      name,
      email: known?.email ?? emailOf(name, shop, index),
      phone: faker.phone.number({ style: 'international' }),
      shipTo: {
        name,
        line1: faker.location.streetAddress(),
        city: faker.location.city(),
        postalCode: faker.location.zipCode(),
        country,
      },
      card: `pm_sim_${faker.helpers.arrayElement(CARDS)}_${String(faker.number.int({ min: 1_000, max: 9_999 }))}`,
    };
  });
}

/** example.com and its sisters belong to nobody (RFC 2606). */
function emailOf(name: string, shop: Shop, index: number): string {
  const plain = name
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z]+/g, '.')
    .replace(/^\.+|\.+$/g, '');
  return `${plain.length > 2 ? plain : 'kumo.customer'}${index}@${shop.slug === 'kumo' ? 'example.net' : 'example.com'}`;
}
