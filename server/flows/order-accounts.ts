import { type AccountRef, chart } from '../domains/ledger/schema.ts';
import { accountId } from '../domains/ledger/service.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Payment } from '../domains/payments/rules.ts';
import type { RefundDestination } from '../domains/refunds/rules.ts';
import type { RefundsState } from '../domains/refunds/service.ts';
import { accountOf } from './tenders/tender-account.ts';

/** The accounts that an order's life posts to: those of its tenders, and the customer's credit where a refund goes there instead. */
export function accountsOf(order: Order, tenders: readonly Payment[], state: RefundsState): AccountRef[] {
  const { merchantId, currency, customerId } = order.row;
  return [
    chart.receivable(merchantId, currency),
    chart.merchantPayable(merchantId, currency),
    chart.pspFees(merchantId, currency),
    chart.goodwill(merchantId, currency),
    ...tenders.map(accountOf),
    ...(customerId && goes(state, order, 'store_credit') ? [chart.storeCredit(merchantId, customerId, currency)] : []),
    ...(customerId && goes(state, order, 'wallet') ? [chart.wallet(customerId, currency)] : []),
    ...(goes(state, order, 'by_hand') ? [chart.bankClearing(currency)] : []),
  ];
}

const goes = (state: RefundsState, order: Order, destination: RefundDestination): boolean =>
  state.legs.some((leg) => leg.orderId === order.row.id && leg.destination === destination);

/** The wallets among the order's tenders, and the customer's where a refund goes there instead. */
export function walletsOf(order: Order, tenders: readonly Payment[], state: RefundsState) {
  const { customerId, currency } = order.row;
  const own = tenders.filter(({ provider }) => provider === 'wallet');
  return customerId && goes(state, order, 'wallet') ? [...own, { provider: 'wallet', token: customerId, currency }] : own;
}

/** The store credits among them, by id. */
export function creditsOf(order: Order, tenders: readonly Payment[], state: RefundsState): string[] {
  const { merchantId, currency, customerId } = order.row;
  const own = tenders.filter((payment) => payment.provider === 'store_credit').map((payment) => accountOf(payment).code);
  const gains =
    customerId && goes(state, order, 'store_credit') ? [chart.storeCredit(merchantId, customerId, currency).code] : [];
  return [...own, ...gains].map(accountId);
}

/** The accounts of what is lost by an order's disputes. */
export function lossesOf({ row: { merchantId, currency } }: Order): AccountRef[] {
  return [chart.merchantChargebacks(merchantId, currency), chart.disputeFees(merchantId, currency)];
}
