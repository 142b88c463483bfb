import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOfUnits } from '../kernel/units.ts';
import { writeEvidence } from '../testing/evidence.ts';
import { type Answer, MoneyHistory, type MoneyPlan, type MoneyStep, moneyPlan } from './testing/money-history.ts';
import { type MoneyShop, moneyShops } from './testing/money-shops.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/**
 * Whatever is shipped, cancelled, refunded, given as goodwill, sent back, exchanged and edited, in any order, over any tenders, in currencies with
 * no, two and three decimals, at a provider that captures once or often and fails now and then: the customer has paid for what they keep.
 */
const HISTORIES = Number(process.env.MONEY_HISTORIES ?? (process.env.WAYBILL_DEEP === '1' ? 10_000 : 36));
/** Lives side by side, so that lanes batch them as they would a shop's. */
const AT_ONCE = process.env.WAYBILL_DEEP === '1' ? 30 : 18;
const SEED = Number(process.env.MONEY_SEED ?? 20_261_128);
const TROUBLE = { rate_limit: 0.04, error_5xx: 0.04, error_5xx_after: 0.04, drop_before: 0.03, drop_reply: 0.04 };
const NO_TROUBLE = Object.fromEntries(Object.keys(TROUBLE).map((fault) => [fault, null]));

interface House {
  readonly w: OrderWorld;
  readonly shops: readonly MoneyShop[];
}
let houses: readonly House[];
beforeAll(async () => {
  houses = await Promise.all(
    [true, false].map(async (multicapture) => {
      const w = await orderWorld({ multicapture });
      return { w, shops: await moneyShops(w) };
    }),
  );
});
afterAll(() => Promise.all(houses.map(({ w }) => w.close())));

async function trouble(w: OrderWorld, change: object): Promise<void> {
  const body = JSON.stringify(change);
  const headers = { 'content-type': 'application/json' };
  const answered = await fetch(`${w.psp.controlUrl}/_sim/switches`, { method: 'POST', headers, body });
  expect(answered.status).toBe(200);
}

/** Lets everything that is under way end, over whatever the provider does. Edits may wait for a customer who is asked to pay. */
async function comeToRest(w: OrderWorld, orderIds: readonly string[]): Promise<void> {
  for (let round = 0; round < 60; round++) {
    await w.settle();
    const { rows } = await w.db.pool.query<{ kind: string; status: string; step: string; error: string | null; orderId: string }>(
      `SELECT kind, status, step, error, order_id AS "orderId" FROM sagas WHERE order_id = ANY($1::uuid[]) AND status <> 'done'
         AND NOT EXISTS (SELECT FROM order_edits e WHERE e.order_id = sagas.order_id AND e.pay_until IS NOT NULL AND e.status = 'waiting')`,
      [orderIds],
    );
    const stuck = rows.find(({ status }) => status === 'stuck');
    if (stuck) expect.fail(`A saga is stuck: ${JSON.stringify(stuck)}`);
    if (rows.length === 0) return;
    w.advanceClock(31_000);
  }
  expect.fail('Something is still under way after half an hour.');
}

interface Tender {
  readonly provider: string;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
}

interface CancelledUnits {
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly net: string;
  readonly discount: string;
  readonly tax: string;
  readonly step: number;
}

interface Books {
  readonly id: string;
  readonly status: string;
  readonly total: bigint;
  readonly cancelled: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly receivable: bigint;
  readonly held: number;
  /** What edits added. */
  readonly added: bigint;
  /** Refunds of card payments that went elsewhere than to the card. */
  readonly elsewhere: bigint;
  readonly payments: readonly Tender[];
  readonly cancelledUnits: readonly CancelledUnits[];
}

const BOOKS = `
  SELECT o.id, o.status, o.total_minor AS total, o.cancelled_minor AS cancelled, o.captured_minor AS captured,
    o.refunded_minor AS refunded, o.receivable_minor AS receivable,
    (SELECT count(*)::int FROM holds h WHERE h.order_id = o.id AND h.status = 'open') AS held,
    (SELECT coalesce(sum(e.added_minor), 0)::int8 FROM order_edits e WHERE e.order_id = o.id AND e.status = 'applied') AS added,
    (SELECT coalesce(sum(g.amount_minor), 0)::int8 FROM refund_legs g JOIN payments p ON p.id = g.payment_id
     WHERE g.order_id = o.id AND p.provider = 'card' AND g.status = 'succeeded' AND g.destination IS NOT NULL) AS elsewhere,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('provider', p.provider, 'authorized', p.authorized_minor, 'captured', p.captured_minor,
       'refunded', p.refunded_minor) ORDER BY p.id), '[]') FROM payments p WHERE p.order_id = o.id) AS payments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('from', s.from_unit, 'to', s.to_unit, 'quantity', l.quantity, 'net', l.net_minor::text,
       'discount', l.discount_minor::text, 'tax', l.tax_minor::text, 'step', l.money_step)), '[]')
     FROM line_spans s JOIN order_lines l ON l.id = s.line_id WHERE s.order_id = o.id AND s.state = 'cancelled') AS "cancelledUnits"
  FROM orders o WHERE o.id = ANY($1::uuid[])`;

/** What the provider's own log says it took less what it gave back. */
async function atProvider(w: OrderWorld, orderId: string): Promise<bigint> {
  const response = await fetch(`${w.psp.controlUrl}/_sim/log?order_id=${orderId}`);
  const { data } = (await response.json()) as { data: { kind: string; amount: number }[] };
  return data.reduce((sum, { kind, amount }) => sum + BigInt(kind === 'capture' ? amount : kind === 'refund' ? -amount : 0), 0n);
}

const sum = (of: readonly bigint[]): bigint => of.reduce((a, b) => a + b, 0n);

async function check(w: OrderWorld, history: MoneyHistory, books: Books): Promise<void> {
  const told = `${history}\n${JSON.stringify(books, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}`;
  const keeps = books.captured - books.refunded;
  expect(books.total, told).toBe(history.totalMinor + books.added);
  expect(books.captured <= books.total && books.refunded <= books.captured, told).toBe(true);
  for (const payment of books.payments)
    expect(payment.refunded <= payment.captured && payment.captured <= payment.authorized, told).toBe(true);
  expect(sum(books.payments.map(({ captured }) => BigInt(captured))), told).toBe(books.captured);
  expect(sum(books.payments.map(({ refunded }) => BigInt(refunded))), told).toBe(books.refunded);
  const worth = books.cancelledUnits.map(({ from, to, quantity, net, discount, tax, step: moneyStep }) =>
    valueOfUnits(
      { quantity, netMinor: BigInt(net), discountMinor: BigInt(discount), taxMinor: BigInt(tax), moneyStep },
      from,
      to,
    ),
  );
  expect(sum(worth.map(({ totalMinor }) => totalMinor)), told).toBe(books.cancelled);
  expect(keeps, told).toBe(books.total - books.cancelled - history.givenBackMinor);
  expect(books.receivable, told).toBe(0n);
  expect(books.held, told).toBe(0);
  const byCard = books.payments.filter(({ provider }) => provider === 'card');
  const onCard = sum(byCard.map(({ captured, refunded }) => BigInt(captured - refunded)));
  expect(await atProvider(w, books.id), told).toBe(onCard + books.elsewhere);
}

interface Life {
  readonly history: MoneyHistory;
  readonly books: Books;
}

/** Lives a chunk of plans side by side, to the end, and looks at all books. */
async function live({ w, shops }: House, plans: readonly MoneyPlan[]): Promise<Map<MoneyPlan, Life>> {
  const all = plans.map((plan) => new MoneyHistory(w, shops, plan));
  const placed = await Promise.all(all.map((history) => history.place()));
  const histories = all.filter((_, at) => placed[at]);
  const orderIds = histories.map(({ orderId }) => orderId);
  await trouble(w, TROUBLE);
  await w.settle();
  for (let at = 0; at < Math.max(...plans.map(({ steps }) => steps.length)); at++) {
    await Promise.all(histories.map((history) => history.take(at)));
    // Some steps find what the one before has started still under way.
    if (at % 3 < 2) await w.settle();
    w.advanceClock(7_000);
  }
  await trouble(w, NO_TROUBLE);
  for (let round = 0; round < 2; round++) {
    await comeToRest(w, orderIds);
    await Promise.all(histories.map((history) => history.finish()));
  }
  await comeToRest(w, orderIds);
  const { rows } = await w.db.pool.query<Books>(BOOKS, [orderIds]);
  const byId = new Map(rows.map((books) => [books.id, books]));
  const ended = new Map<MoneyPlan, Life>();
  for (const history of histories) {
    const books = byId.get(history.orderId) as Books;
    await check(w, history, books);
    ended.set(history.plan, { history, books });
  }
  await w.expectBooksAgree();
  return ended;
}

const COMMUTE: readonly MoneyStep['what'][] = ['ship', 'cancel', 'refund'];

/** The same plan with two neighbouring steps on different lines the other way round, and where they stand. */
function turned(plan: MoneyPlan): { readonly plan: MoneyPlan; readonly at: number } | null {
  const { steps, lines } = plan;
  const at = steps.findIndex((first, index) => {
    const second = steps[index + 1];
    if (!second || !COMMUTE.includes(first.what) || !COMMUTE.includes(second.what)) return false;
    return first.line % lines.length !== second.line % lines.length;
  });
  if (at < 0) return null;
  const swapped = [...steps];
  swapped.splice(at, 2, steps[at + 1] as MoneyStep, steps[at] as MoneyStep);
  return { plan: { ...plan, steps: swapped }, at };
}

/** Whether both lives are ones of which it can be said, and if so that it is true: the same answers and the same money, to the cent. */
function comesToTheSame(one: Life | undefined, other: Life | undefined, at: number): boolean {
  if (!one || !other) return false;
  const answers = [...other.history.answers];
  answers.splice(at, 2, answers[at + 1] as Answer, answers[at] as Answer);
  // Where a step is refused because of what has not happened yet, the two do not stand on their own.
  const refused = (all: readonly Answer[]): string => all.map((answer) => 'refused' in answer).join();
  const pair = one.history.answers.slice(at, at + 2);
  if (refused(one.history.answers) !== refused(answers) || pair.some((answer) => 'refused' in answer)) return false;
  const told = `${one.history}\n\n${other.history}`;
  const money = ({ books }: Life) => [books.captured - books.refunded, books.cancelled];
  expect(answers.slice(at, at + 2), told).toEqual(pair);
  expect(money(other), told).toEqual(money(one));
  return true;
}

describe('the money of an order', () => {
  it(
    'is what the customer keeps, to the last unit of every tender, whatever happened in whatever order',
    async () => {
      const plans = fc.sample(moneyPlan, { numRuns: HISTORIES, seed: SEED });
      const seen = { histories: 0, turned: 0, refused: 0, took: 0, shops: new Set<string>() };
      for (let from = 0; from < plans.length; from += AT_ONCE) {
        const house = houses[(from / AT_ONCE) % houses.length] as House;
        const chunk = plans.slice(from, from + AT_ONCE);
        const twins = chunk.flatMap((plan, at) => {
          const other = at % 4 === 0 ? turned(plan) : null;
          return other ? [{ first: plan, ...other }] : [];
        });
        const ended = await live(house, [...chunk, ...twins.map(({ plan }) => plan)]);
        seen.histories += ended.size;
        for (const { history } of ended.values()) {
          seen.shops.add(`${history.plan.shop}`);
          seen.refused += history.answers.filter((answer) => 'refused' in answer).length;
          seen.took += history.answers.filter((answer) => !('refused' in answer)).length;
        }
        for (const { first, plan, at } of twins) if (comesToTheSame(ended.get(first), ended.get(plan), at)) seen.turned++;
      }
      // Not histories in which nothing happens.
      expect(seen.histories).toBeGreaterThan(HISTORIES * 0.8);
      expect(seen.took).toBeGreaterThan(seen.histories * 3);
      expect(seen.turned).toBeGreaterThan(0);
      expect(seen.shops.size).toBe(6);
      writeEvidence('money', {
        title: 'The money of orders',
        what: `Random lives of orders over gift cards, store credit, wallets and cards, at providers that capture once or often and fail now and then: \`npm run test:deep\`, or this alone: \`WAYBILL_DEEP=1 npx vitest run server/flows/money-histories.test.ts\`.`,
        figures: [
          ['histories', seen.histories],
          ['steps that were taken', seen.took],
          ['steps that were refused by a rule', seen.refused],
          ['shops, by currency (EUR, JPY, KWD) and by taxes in or on top of prices', seen.shops.size],
          ['histories in which two independent steps, turned round, came to the same cents', seen.turned],
        ],
      });
    },
    4 * 3_600_000,
  );
});
