import { ByHand } from './by-hand.ts';
import { CASH_TRAITS } from './gateway-traits.ts';
import type { AuthorizeInput, PaymentGateway, ProviderOutcome } from './provider.ts';

/**
 * Paid at the door. Up to the merchant's limit, which placing the order looks at, it is agreed to by rule; it is captured when the carrier
 * says that it delivered, and what the carrier hands over of it is settled later. Back it goes by hand.
 */
class CashOnDelivery extends ByHand {
  readonly name = 'cash_on_delivery';
  /** More is simply asked for at the door. */
  override readonly increments = true;

  authorize({ operationId, amountMinor }: AuthorizeInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.done(operationId, amountMinor));
  }
}

/** Takes cash wherever this is given. */
export interface CashConfig {
  readonly on: true;
}

export const cashOnDelivery: PaymentGateway<CashConfig> = {
  name: 'cash_on_delivery',
  methods: ['cash_on_delivery'],
  traits: CASH_TRAITS,
  connect: () => new CashOnDelivery(),
};
