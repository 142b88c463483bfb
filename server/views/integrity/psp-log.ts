import { z } from 'zod';
import { fromAdyenAmount } from '../../domains/payments/adyen-amounts.ts';
import { fromStripeAmount } from '../../domains/payments/stripe-amounts.ts';
import type { ProviderCapture, ProviderLog } from './provider-captures.ts';

const PAGE = z.object({
  data: z.array(
    z.object({
      operation_id: z.string().nullable(),
      payment_intent: z.string(),
      amount: z.number().int(),
      currency: z.string(),
    }),
  ),
  next: z.number(),
  has_more: z.boolean(),
});

const TIMEOUT_MS = 5_000;
const PAGE_SIZE = 1_000;

/** A gateway's minor units as ours. */
const UNITS = { card: fromStripeAmount, adyen: fromAdyenAmount } as const;
export type LoggingGateway = keyof typeof UNITS;

/**
 * The log of captures that a gateway's simulator keeps at `/_sim/captures`. What was read stays in memory, so that a check each minute
 * reads only what is new. A provider without such a log answers 404, which is thrown: then the captures are not checked.
 */
export function createPspLog(pspUrl: string, gateway: LoggingGateway = 'card'): ProviderLog {
  return createPspLogs([[gateway, pspUrl]]);
}

/** The logs of several gateways as one, which grows at its end whichever of them captured. */
export function createPspLogs(gateways: readonly (readonly [gateway: LoggingGateway, url: string])[]): ProviderLog {
  let captures: ProviderCapture[] = [];
  let after = gateways.map(() => 0);
  return async (fresh) => {
    if (fresh) {
      captures = [];
      after = gateways.map(() => 0);
    }
    for (const [at, [gateway, base]] of gateways.entries()) {
      for (let more = true; more; ) {
        const url = new URL(`/_sim/captures?after=${after[at]}&limit=${PAGE_SIZE}`, base);
        const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
        if (!response.ok) throw new Error(`${url.origin} answered ${response.status}`);
        const page = PAGE.parse(await response.json());
        for (const entry of page.data) captures.push(toCapture(entry, UNITS[gateway]));
        after[at] = page.next;
        more = page.has_more;
      }
    }
    return captures;
  };
}

function toCapture(
  entry: z.infer<typeof PAGE>['data'][number],
  toMinor: (amount: number, currency: string) => bigint,
): ProviderCapture {
  const currency = entry.currency.toUpperCase();
  return {
    operationId: entry.operation_id,
    paymentRef: entry.payment_intent,
    amountMinor: toMinor(entry.amount, currency),
    currency,
  };
}
