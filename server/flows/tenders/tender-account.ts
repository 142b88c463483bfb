import { type AccountRef, chart } from '../../domains/ledger/schema.ts';
import { isInternal, type Payment } from '../../domains/payments/rules.ts';

/** The account that a tender is spent from and given back to: the provider's clearing account, or the tender's own in this ledger. */
export function accountOf(payment: Pick<Payment, 'provider' | 'merchantId' | 'currency' | 'token'>): AccountRef {
  const { merchantId, currency, token } = payment;
  if (!isInternal(payment)) return chart.pspClearing(payment.provider, currency);
  if (token === null) throw new Error(`A ${payment.provider} tender names nothing that it is spent from`);
  switch (payment.provider) {
    case 'gift_card':
      return chart.giftCard(merchantId, token, currency);
    case 'store_credit':
      return chart.storeCredit(merchantId, token, currency);
    case 'wallet':
      return chart.wallet(token, currency);
  }
}
