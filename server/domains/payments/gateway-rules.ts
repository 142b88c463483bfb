import { z } from 'zod';
import { DEFAULT_GATEWAY, GATEWAYS, type PaymentGateway } from './provider.ts';

/**
 * Which gateway takes a payment, by a merchant's configuration: an ordered list, of which each line may be for some currencies or methods
 * only. The first that fits is asked. The next ones are asked in turn where one says that nothing was charged; never where it did not say.
 */
const NAMES = Object.keys(GATEWAYS) as [string, ...string[]];

const gatewayRule = z.object({
  gateway: z.enum(NAMES),
  /** The currencies that it takes for this merchant; all where absent. */
  currencies: z
    .array(z.string().regex(/^[A-Z]{3}$/))
    .min(1)
    .max(50)
    .optional(),
  methods: z.array(z.string().min(1).max(40)).min(1).max(10).optional(),
});
export type GatewayRule = z.infer<typeof gatewayRule>;

export const gatewayRulesInput = z
  .array(gatewayRule)
  .min(1)
  .max(NAMES.length)
  .refine((rules) => new Set(rules.map(({ gateway }) => gateway)).size === rules.length, 'names a gateway twice');

/** The gateways for a payment, the preferred first. Never empty: what no line fits goes where it went before there were any. */
export function routeOf(
  rules: readonly GatewayRule[] | null,
  { currency, method }: { readonly currency: string; readonly method: string },
): readonly [string, ...string[]] {
  const fitting = (rules ?? []).filter(
    (rule) =>
      (rule.currencies?.includes(currency) ?? true) &&
      (rule.methods?.includes(method) ?? true) &&
      (GATEWAYS as Readonly<Record<string, PaymentGateway<never>>>)[rule.gateway]?.methods.includes(method),
  );
  const [first = DEFAULT_GATEWAY, ...rest] = fitting.map(({ gateway }) => gateway);
  return [first, ...rest];
}
