import { ByHand } from './by-hand.ts';
import { TRANSFER_TRAITS } from './gateway-traits.ts';
import type { AuthorizeInput, PaymentGateway, ProviderOutcome } from './provider.ts';

/** Bank transfer or invoice: the customer pays by itself, and somebody who sees it on the bank's statement records it. */
class ManualProvider extends ByHand {
  readonly name = 'manual';

  authorize({ operationId }: AuthorizeInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.awaited(operationId));
  }
}

/** Takes transfers wherever this is given. */
export interface ManualConfig {
  readonly on: true;
}

export const manual: PaymentGateway<ManualConfig> = {
  name: 'manual',
  methods: ['bank_transfer'],
  traits: TRANSFER_TRAITS,
  connect: () => new ManualProvider(),
};
