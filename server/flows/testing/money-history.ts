import fc from 'fast-check';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { moneyStep } from '../../kernel/money.ts';
import { hashOfCode } from '../tenders/gift-card-code.ts';
import { fundWallet } from './fund-wallet.ts';
import { MONEY_SHOPS, type MoneyShop } from './money-shops.ts';
import { type OrderWorld, TEST_DATA_KEY } from './order-world.ts';

/** The life of one order as random steps, and what a clerk with a notebook would write down of it. */

const step = fc.record({
  what: fc.constantFrom(
    ...(['ship', 'ship', 'ship', 'deliver', 'deliver', 'cancel', 'cancel', 'refund', 'refund'] as const),
    ...(['amount', 'goodwill', 'return', 'exchange', 'edit', 'edit'] as const),
  ),
  line: fc.nat(2),
  units: fc.integer({ min: 1, max: 4 }),
  /** Of the order's total, in hundredths of a percent. */
  bps: fc.integer({ min: 1, max: 3_000 }),
  toCredit: fc.nat(4).map((one) => one === 0),
});
export type MoneyStep = typeof step extends fc.Arbitrary<infer S> ? S : never;

const bps = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6_000 }));
export const moneyPlan = fc.record({
  shop: fc.nat(MONEY_SHOPS.length - 1),
  lines: fc.uniqueArray(fc.record({ sku: fc.nat(2), quantity: fc.integer({ min: 1, max: 6 }), off: fc.nat(2) }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ sku }) => sku,
  }),
  discount: fc.nat(30),
  option: fc.nat(2),
  /** What each tender is given, in hundredths of a percent of the total; a card pays the rest, or a wallet does. */
  tenders: fc.record({ giftCard: bps, credit: bps, wallet: bps, card: fc.nat(4).map((one) => one > 0) }),
  steps: fc.array(step, { minLength: 4, maxLength: 12 }),
  /** What becomes of what is left: it is shipped, or cancelled. */
  end: fc.constantFrom('ship', 'cancel'),
});
export type MoneyPlan = typeof moneyPlan extends fc.Arbitrary<infer P> ? P : never;

/** The answer to a step: what it moved, or the code of its refusal. */
export type Answer =
  | { readonly cancelledMinor: number }
  | { readonly refundMinor: number }
  | { readonly refused: string }
  | { readonly done: true };

export class MoneyHistory {
  readonly plan: MoneyPlan;
  readonly answers: Answer[] = [];
  orderId = '';
  totalMinor = 0n;
  private readonly w: OrderWorld;
  private readonly shop: MoneyShop;
  private lines: readonly { readonly id: string; readonly sku: string; readonly quantity: number }[] = [];

  constructor(w: OrderWorld, shops: readonly MoneyShop[], plan: MoneyPlan) {
    this.w = w;
    this.plan = plan;
    this.shop = shops[plan.shop] as MoneyShop;
  }

  get currency(): string {
    return this.shop.currency;
  }

  /** Buys what the plan says by a quote. False where the house does not sell it so. */
  async place(): Promise<boolean> {
    const { w, shop, plan } = this;
    const step = moneyStep(shop.currency);
    try {
      const quote = await w.flows.createQuote(
        {
          merchantId: shop.id,
          currency: shop.currency,
          lines: plan.lines.map(({ sku, quantity, off }) => ({
            sku: `S${sku}`,
            quantity,
            discountMinor: BigInt(sku ? off : 0) * step,
          })),
          discountMinor: BigInt(plan.lines.some(({ sku }) => sku === 1) ? plan.discount : 0) * step,
          destination: { country: 'DE' },
        },
        w.ctx('shop'),
      );
      const option = quote.options[plan.option % quote.options.length];
      if (!option) return false;
      this.totalMinor = BigInt(option.orderTotalMinor);
      const paid = await this.tenders();
      const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [], ...paid });
      const placed = await w.flows.placeOrder(
        {
          ...input,
          merchantId: shop.id,
          lines: [],
          quote: { id: quote.id, option: option.code },
          totalMinor: this.totalMinor,
          shipTo: { line1: 'Street 1', city: 'Town', country: 'DE' },
        },
        w.ctx('shop'),
      );
      this.orderId = placed.id;
      this.lines = placed.lines.flatMap((line) => (line.sku ? [{ id: line.id, sku: line.sku, quantity: line.quantity }] : []));
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }

  /** A customer who has what the plan says, and how they pay with it. */
  private async tenders() {
    const { w, shop } = this;
    const { giftCard, credit, wallet, card } = this.plan.tenders;
    const part = (of: number): bigint => (this.totalMinor * BigInt(of)) / 10_000n;
    const [id, email] = [newId(), `${newId()}@customer.example`];
    await w.db.pool.query(
      'INSERT INTO customers (id, email, email_normalized, guest, created_at) VALUES ($1, $2, $2, false, now())',
      [id, email],
    );
    const { id: merchantId, currency } = shop;
    const tenders = [];
    if (part(giftCard) > 0n) {
      const issued = await w.flows.issueGiftCard({ merchantId, amountMinor: part(giftCard), currency, reason: 'sold' }, w.ctx());
      tenders.push({ type: 'gift_card' as const, codeHash: hashOfCode(issued.code, TEST_DATA_KEY) as string });
    }
    if (part(credit) > 0n) {
      const wish = { merchantId, customerId: id, currency, amountMinor: part(credit), reason: 'goodwill' } as const;
      await w.flows.issueStoreCredit(wish, w.ctx());
      tenders.push({ type: 'store_credit' as const });
    }
    const inWallet = card ? part(wallet) : this.totalMinor;
    if (inWallet > 0n) {
      await w.flows.wallets.open({ customerId: id, currency }, w.ctx());
      await fundWallet(w.db.pool, id, inWallet, currency);
      tenders.push({ type: 'wallet' as const, customerId: id });
    }
    return { customer: { email }, tenders, token: card ? 'pm_card_visa' : null };
  }

  /** Takes the plan's next step. What the rules refuse is written down as refused. */
  async take(at: number): Promise<void> {
    const next = this.plan.steps[at];
    if (!next) return;
    this.answers.push(await this.tried(() => this.does(next)));
  }

  /** Takes back an edit that nobody pays for, and cancels or ships what is left. What may not be cancelled is shipped. */
  async finish(): Promise<void> {
    const { w, orderId } = this;
    await this.tried(async () => {
      await w.flows.edits.withdraw({ orderId }, w.ctx());
      return { done: true };
    });
    const cancel = async () => this.cancelled(await w.flows.cancelOrder({ orderId, reason: 'other' }, w.ctx()));
    const ended = this.plan.end === 'cancel' ? await this.tried(cancel) : { refused: 'Not asked for.' };
    const ship = async (): Promise<Answer> => {
      await w.flows.shipOrder({ orderId }, w.ctx());
      return { done: true };
    };
    this.answers.push('refused' in ended ? await this.tried(ship) : ended);
  }

  private async tried(deed: () => Promise<Answer>): Promise<Answer> {
    try {
      return await deed();
    } catch (error) {
      if (error instanceof DomainError) return { refused: `${error.code}: ${error.detail}` };
      throw error;
    }
  }

  private cancelled = ({ cancelledMinor }: { readonly cancelledMinor: number }): Answer => ({ cancelledMinor });

  private async does({ what, line, units: wish, bps: share, toCredit }: MoneyStep): Promise<Answer> {
    const { w, orderId } = this;
    const { id: lineId, quantity: ordered } = this.lines[line % this.lines.length] as (typeof this.lines)[number];
    const quantity = Math.min(wish, Math.ceil(ordered / 2));
    const units = [{ lineId, quantity }];
    const to = toCredit ? 'store_credit' : 'original';
    switch (what) {
      case 'ship':
        await w.flows.shipOrder({ orderId, units }, w.ctx());
        return { done: true };
      case 'deliver':
        await this.delivered();
        return { done: true };
      case 'cancel':
        return this.cancelled(await w.flows.cancelOrder({ orderId, units, reason: 'customer_request' }, w.ctx()));
      case 'refund': {
        const { amountMinor } = await w.flows.refundOrder({ kind: 'units', orderId, units, to, reason: 'damaged' }, w.ctx());
        return { refundMinor: amountMinor };
      }
      case 'amount':
      case 'goodwill': {
        const step = moneyStep(this.currency);
        const wanted = ((this.totalMinor * BigInt(share)) / (10_000n * step) + 1n) * step;
        const wish = { kind: what, orderId, amountMinor: wanted, to, reason: 'late' } as const;
        return { refundMinor: (await w.flows.refundOrder(wish, w.ctx())).amountMinor };
      }
      case 'edit': {
        const more = { change: 'add' as const, sku: `S${(line + share) % 3}`, quantity };
        const less = { change: 'remove' as const, lineId, quantity };
        await w.flows.edits.edit(
          { orderId, changes: share % 3 === 0 ? [more] : share % 3 === 1 ? [less] : [more, less] },
          w.ctx(),
        );
        return { done: true };
      }
      default:
        return this.sentBack(lineId, quantity, what === 'exchange' ? 'exchange' : toCredit ? 'store_credit' : 'refund');
    }
  }

  private async delivered(): Promise<void> {
    const { w, orderId } = this;
    const { rows } = await w.db.pool.query<{ id: string }>(
      `SELECT id FROM shipments WHERE order_id = $1 AND status = 'SHIPPED' ORDER BY id`,
      [orderId],
    );
    for (const { id } of rows) await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx());
  }

  /** Asked for, received, found good, and settled in one go. */
  private async sentBack(lineId: string, quantity: number, resolution: 'refund' | 'store_credit' | 'exchange'): Promise<Answer> {
    const { w, orderId, shop } = this;
    await this.delivered();
    const lines = [{ lineId, quantity, reason: 'does_not_fit' as const }];
    const asked = { orderId, lines, wants: resolution, approve: true, label: false } as const;
    const { id: returnId } = await w.flows.returns.request(asked, w.ctx());
    await w.flows.returns.receive({ returnId, nodeId: shop.nodeId }, w.ctx());
    const looked = [{ lineId, quantity, verdict: 'accept' as const, stock: 'sellable' as const }];
    await w.flows.returns.inspect({ returnId, lines: looked }, w.ctx());
    const sku = this.lines.find((line) => line.id === lineId)?.sku as string;
    const instead = resolution === 'exchange' ? { exchange: [{ lineId, sku, quantity }] } : {};
    const { refundMinor } = await w.flows.returns.settle({ returnId, resolution, ...instead }, w.ctx());
    return { refundMinor };
  }

  /** What the verbs said they gave back of captured money. */
  get givenBackMinor(): bigint {
    return this.answers.reduce((sum, answer) => sum + BigInt('refundMinor' in answer ? answer.refundMinor : 0), 0n);
  }

  /** What the verbs said was never to be paid. */
  get cancelledMinor(): bigint {
    return this.answers.reduce((sum, answer) => sum + BigInt('cancelledMinor' in answer ? answer.cancelledMinor : 0), 0n);
  }

  toString(): string {
    const steps = this.answers.map(
      (answer, at) => `${JSON.stringify(this.plan.steps[at] ?? this.plan.end)} → ${JSON.stringify(answer)}`,
    );
    return [`${this.currency} order ${this.orderId}: ${JSON.stringify({ ...this.plan, steps: undefined })}`, ...steps].join('\n');
  }
}
