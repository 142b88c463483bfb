import { newId } from '../../kernel/ids.ts';
import { hashOfCode } from '../tenders/gift-card-code.ts';
import { fundWallet } from './fund-wallet.ts';
import { type OrderWorld, TEST_DATA_KEY } from './order-world.ts';
import type { SagaScenario } from './saga-scenarios.ts';

/** A gift card of the world's merchant, as somebody who has its code sees it. */
export async function giftCard(w: OrderWorld, amountMinor: bigint, more: { readonly expiresAt?: Date } = {}) {
  const wish = { merchantId: w.merchantId, amountMinor, currency: 'EUR', reason: 'sold' as const, ...more };
  const issued = await w.flows.issueGiftCard(wish, w.ctx());
  return { ...issued, codeHash: hashOfCode(issued.code, TEST_DATA_KEY) as string };
}

export interface Payer {
  readonly id: string;
  readonly email: string;
}

/** A customer with credit at the shop and money in a wallet. */
export async function payer(w: OrderWorld, has: { readonly credit?: bigint; readonly wallet?: bigint }): Promise<Payer> {
  const [id, email] = [newId(), `${newId()}@customer.example`];
  await w.db.pool.query(
    'INSERT INTO customers (id, email, email_normalized, guest, created_at) VALUES ($1, $2, $2, false, now())',
    [id, email],
  );
  if (has.credit) {
    const wish = {
      merchantId: w.merchantId,
      customerId: id,
      currency: 'EUR',
      amountMinor: has.credit,
      reason: 'goodwill',
    } as const;
    await w.flows.issueStoreCredit(wish, w.ctx());
  }
  if (has.wallet) {
    await w.flows.wallets.open({ customerId: id, currency: 'EUR' }, w.ctx());
    await fundWallet(w.db.pool, id, has.wallet);
  }
  return { id, email };
}

const goods = { lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } };

/** 29.90: 10.00 by gift card, 5.00 by credit, 2.50 by wallet, the rest by card. */
async function mixed(w: OrderWorld, token = 'pm_card_visa'): Promise<string> {
  const { codeHash } = await giftCard(w, 1_000n);
  const { id: customerId, email } = await payer(w, { credit: 500n, wallet: 250n });
  const tenders = [
    { type: 'gift_card' as const, codeHash },
    { type: 'store_credit' as const },
    { type: 'wallet' as const, customerId },
  ];
  return (await w.place({ ...goods, customer: { email }, tenders, token })).id;
}

async function shipped(w: OrderWorld): Promise<string> {
  const orderId = await mixed(w);
  await w.settle();
  await w.flows.shipOrder({ orderId }, w.ctx());
  return orderId;
}

/** Orders that several tenders pay. */
export const TENDER_SCENARIOS: readonly SagaScenario[] = [
  {
    name: 'placing an order on several tenders whose card is declined',
    start: (w) => mixed(w, 'pm_card_chargeDeclined'),
    ends: { status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n },
    log: {},
  },
  {
    name: 'shipping an order that several tenders pay',
    start: shipped,
    ends: { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1 },
  },
  {
    name: 'refunding an order that several tenders paid',
    start: async (w) => {
      const orderId = await shipped(w);
      await w.settle();
      await w.flows.refundOrder({ kind: 'units', orderId, reason: 'damaged' }, w.ctx());
      return orderId;
    },
    ends: { status: 'REFUNDED', refunded_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1, refund: 1 },
  },
];
