import type { Carrier } from '../domains/fulfilment/provider.ts';
import type { FulfilmentPartner } from '../domains/nodes/provider.ts';
import type { PaymentProvider } from '../domains/payments/provider.ts';
import type { Bank } from '../domains/rails/provider.ts';
import type { Router } from './routing/router.ts';

/** Who a saga's remote steps may talk to, by name. */
export interface Outside {
  readonly payments: ReadonlyMap<string, PaymentProvider>;
  readonly carriers: ReadonlyMap<string, Carrier>;
  /** Absent where none is connected: then nothing is paid out. */
  readonly bank?: Bank;
  /** Plans where orders are sent from, in a thread of its own. Every process that runs sagas has one. */
  readonly router?: Router;
  /** By the kind of node that they run. Without one nothing is asked of its nodes. */
  readonly partners?: ReadonlyMap<string, FulfilmentPartner>;
}

/** The provider of a payment. A name that nobody has is a bug, or a newer version’s. */
export function paymentProvider(outside: Outside, name: string): PaymentProvider {
  const provider = outside.payments.get(name);
  if (!provider) throw new Error(`No payment provider is called ${name}`);
  return provider;
}

/** The carrier of a shipment. A name that nobody has is a bug, or a newer version’s. */
export function carrier(outside: Outside, name: string): Carrier {
  const found = outside.carriers.get(name);
  if (!found) throw new Error(`No carrier is called ${name}`);
  return found;
}
