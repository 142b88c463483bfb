import { z } from 'zod';
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

/** Currencies without decimals that Stripe's API counts in hundredths nevertheless (docs.stripe.com/currencies, special cases). */
const COUNTED_IN_HUNDREDTHS: ReadonlySet<string> = new Set(['ISK', 'UGX']);

/**
 * The log of captures that the PSP simulator keeps at `/_sim/captures`. What was read stays in memory, so that a check each minute
 * reads only what is new. A provider without such a log answers 404, which is thrown: then the captures are not checked.
 */
export function createPspLog(pspUrl: string): ProviderLog {
  let captures: ProviderCapture[] = [];
  let after = 0;
  return async (fresh) => {
    if (fresh) {
      captures = [];
      after = 0;
    }
    for (let more = true; more; ) {
      const url = new URL(`/_sim/captures?after=${after}&limit=${PAGE_SIZE}`, pspUrl);
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`${url.origin} answered ${response.status}`);
      const page = PAGE.parse(await response.json());
      for (const entry of page.data) captures.push(toCapture(entry));
      after = page.next;
      more = page.has_more;
    }
    return captures;
  };
}

function toCapture(entry: z.infer<typeof PAGE>['data'][number]): ProviderCapture {
  const currency = entry.currency.toUpperCase();
  const amount = BigInt(entry.amount);
  return {
    operationId: entry.operation_id,
    paymentRef: entry.payment_intent,
    amountMinor: COUNTED_IN_HUNDREDTHS.has(currency) ? amount / 100n : amount,
    currency,
  };
}
