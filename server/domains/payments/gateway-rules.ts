import { z } from 'zod';
import type { PaymentMethod } from '../../kernel/vocabulary.ts';
import { DEFAULT_GATEWAY, GATEWAYS, type PaymentGateway, traitsOf } from './provider.ts';

/**
 * Which gateway takes a payment, by a merchant's configuration: an ordered list, of which each line may be for some currencies or methods
 * only. The first that fits is asked. The next ones are asked in turn where one says that nothing was charged; never where it did not say.
 */
const REGISTRY: Readonly<Record<string, PaymentGateway<never>>> = GATEWAYS;
export const GATEWAY_NAMES = Object.keys(GATEWAYS) as [string, ...string[]];
const MAX_CURRENCIES = 50;
/** ISO 4217, as far as this Node knows it. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** The payment methods that a gateway can take. */
export const methodsOf = (gateway: string): readonly string[] => REGISTRY[gateway]?.methods ?? [];

export const gatewayRule = z.strictObject({
  gateway: z.enum(GATEWAY_NAMES),
  /** The currencies that it takes for this merchant; all where absent. */
  currencies: z
    .array(z.string().regex(/^[A-Z]{3}$/))
    .min(1)
    .max(MAX_CURRENCIES)
    .optional(),
  methods: z.array(z.string().min(1).max(40)).min(1).max(10).optional(),
  /** The most that it takes of one order, by currency, in minor units. */
  limits: z.record(z.string().regex(/^[A-Z]{3}$/), z.int().min(1)).optional(),
  /** Goods may leave while a debit is on its way. */
  shipsUnpaid: z.boolean().optional(),
});
export type GatewayRule = z.infer<typeof gatewayRule>;

export const gatewayRulesInput = z.array(gatewayRule).min(1).max(GATEWAY_NAMES.length);

/** Why a list cannot be a merchant's, as a sentence with the place in it; null where it can. `connected`: the gateways that there are. */
export function refusesRules(
  rules: readonly GatewayRule[],
  connected: ReadonlySet<string>,
): { readonly field: string; readonly sentence: string } | null {
  const seen = new Set<string>();
  for (const [at, { gateway, currencies = [], methods = [], limits = {}, shipsUnpaid }] of rules.entries()) {
    const place = `gateways.${at}`;
    if (seen.has(gateway)) return { field: `${place}.gateway`, sentence: `${gateway} is listed twice. List each gateway once.` };
    seen.add(gateway);
    if (!connected.has(gateway))
      return {
        field: `${place}.gateway`,
        sentence: `${gateway} is not connected here: whoever runs Waybill has to configure it first.`,
      };
    const strange = methods.find((method) => !methodsOf(gateway).includes(method));
    if (strange !== undefined)
      return { field: `${place}.methods`, sentence: `${gateway} takes ${methodsOf(gateway).join(', ')}, and not ${strange}.` };
    if (shipsUnpaid && traitsOf(gateway).takes !== 'at_once')
      return { field: `${place}.shipsUnpaid`, sentence: `${gateway} is not waited for: only debits and transfers are.` };
    const unknown = [...currencies, ...Object.keys(limits)].find((currency) => !CURRENCIES.has(currency));
    if (unknown !== undefined) return { field: `${place}.currencies`, sentence: `${unknown} is no currency of ISO 4217.` };
    const twice = [...currencies, ...methods].find((word, index, all) => all.indexOf(word) !== index);
    if (twice !== undefined) return { field: place, sentence: `${twice} stands twice in one line.` };
  }
  return null;
}

/** The gateways for a payment, the preferred first. A card that no line fits goes where all went before there were any; nothing else does. */
export function routeOf(
  rules: readonly GatewayRule[] | null,
  { currency, method }: { readonly currency: string; readonly method: PaymentMethod },
): readonly string[] {
  const fitting = (rules ?? []).filter(
    (rule) =>
      (rule.currencies?.includes(currency) ?? true) &&
      (rule.methods?.includes(method) ?? true) &&
      methodsOf(rule.gateway).includes(method),
  );
  if (fitting.length === 0) return method === 'card' ? [DEFAULT_GATEWAY] : [];
  return fitting.map(({ gateway }) => gateway);
}
