import type { Line } from '../../domains/orders/rules.ts';
import type { PlaceOrderInput } from '../../domains/orders/schema.ts';
import { type GatewayRule, routeOf } from '../../domains/payments/gateway-rules.ts';
import { DEFAULT_GATEWAY, traitsOf } from '../../domains/payments/provider.ts';
import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';
import type { PaymentMethod } from '../../kernel/vocabulary.ts';

/** Who takes a payment that is asked for, or a sentence that says why nobody does. Refused before anything was changed. */
export interface Route {
  readonly gateway: string;
  /** Who is asked in turn where the first says that nothing was charged. */
  readonly others: readonly string[];
  /** Goods may leave while a debit is on its way. */
  readonly shipsUnpaid: boolean;
}

interface Asked {
  readonly method: PaymentMethod;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly input: Pick<PlaceOrderInput, 'payment' | 'pickup'>;
  readonly lines: readonly Line[];
}

const WORDS: Readonly<Record<PaymentMethod, string>> = {
  card: 'cards',
  bank_debit: 'direct debits',
  bank_transfer: 'bank transfers',
  cash_on_delivery: 'cash on delivery',
};

const refuse = (sentence: string, field = 'payment.method'): DomainError =>
  new DomainError('invalid_request', sentence, { field });

/** The gateways for a payment. Throws `invalid_request` where the merchant takes none of the kind, or not this payment. */
export function demandRoute(rules: readonly GatewayRule[] | null, asked: Asked): Route {
  const { method, currency, amountMinor, input, lines } = asked;
  const [gateway, ...others] = routeOf(rules, { currency, method });
  if (gateway === undefined)
    throw refuse(`This merchant does not take ${WORDS[method]} in ${currency}. Choose another way to pay.`);
  const traits = traitsOf(gateway);
  if (traits.token && !input.payment?.token)
    throw refuse('Send payment.token, the payment provider’s token of what is paid with.', 'payment.token');
  const rule = rules?.find((one) => one.gateway === gateway);
  const limit = rule?.limits?.[currency];
  if (limit !== undefined && amountMinor > BigInt(limit)) {
    const most = toMajor({ amountMinor: BigInt(limit), currency });
    throw refuse(
      `${WORDS[method]} are taken up to ${most} ${currency}. Choose another way to pay.`.replace(/^./, (c) => c.toUpperCase()),
    );
  }
  if (traits.takes === 'at_delivery' && (input.pickup || !lines.some((line) => line.stocked)))
    throw refuse('Cash on delivery is paid to whoever delivers: it needs goods that are sent to an address.');
  return { gateway, others, shipsUnpaid: rule?.shipsUnpaid === true };
}

/** When an order is given up that nobody has paid. Nobody stands at the checkout of one that is imported. */
export function expiryOf(input: Pick<PlaceOrderInput, 'channel'>, gateway: string | undefined, now: Date): Date | null {
  return input.channel === 'import' ? null : new Date(now.getTime() + traitsOf(gateway ?? DEFAULT_GATEWAY).patienceMs);
}
