import { z } from 'zod';
import * as catalog from '../domains/catalog/service.ts';
import { type GatewayRule, gatewayRule, gatewayRulesInput, refusesRules } from '../domains/payments/gateway-rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';

/** Says which gateways take a merchant's payments from now on, and in which order. Payments that exist stay where they are. */
export const setPaymentGatewaysInput = z.object({
  merchantId: z.uuid(),
  gateways: gatewayRulesInput,
  /** The list as it was when the change was made; where it is another one by now nothing is changed. */
  seen: z.array(gatewayRule).nullable().optional(),
});
export type SetPaymentGatewaysInput = z.infer<typeof setPaymentGatewaysInput>;

export interface PaymentGateways {
  readonly merchantId: string;
  readonly gateways: readonly GatewayRule[];
}

interface Setting extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly changed: Map<string, readonly GatewayRule[]>;
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<SetPaymentGatewaysInput>[]): Promise<Setting> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  return { applied: 0, merchants, changed: new Map(), outbox: newOutbox() };
}

/** Two lists that say the same are the same text, however they were stored. */
const textOf = (rules: unknown): string => {
  const parsed = z.array(gatewayRule).safeParse(rules);
  return JSON.stringify(parsed.success ? parsed.data : null);
};

function decide(
  world: Setting,
  { input, ctx }: Request<SetPaymentGatewaysInput>,
  connected: ReadonlySet<string>,
): PaymentGateways {
  const { merchantId, gateways, seen } = input;
  const merchant = world.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const refused = refusesRules(gateways, connected);
  if (refused) throw new DomainError('invalid_request', refused.sentence, { field: refused.field });
  const before = world.changed.get(merchantId) ?? merchant.paymentGateways;
  if (seen !== undefined && textOf(seen) !== textOf(before))
    throw new DomainError('conflict', 'This changed since you opened it. Look at it again and repeat your change.');
  const answer = { merchantId, gateways };
  if (textOf(before) === textOf(gateways)) return answer;
  world.changed.set(merchantId, gateways);
  world.applied++;
  const change = { before: { gateways: before }, after: { gateways } };
  audit(world.outbox, { action: 'merchant.gateways_set', entity: 'merchant', entityId: merchantId, merchantId, ...change }, ctx);
  return answer;
}

/** `connected`: the gateways that this process can reach; a merchant's list names no other. */
export const setPaymentGateways = (connected: ReadonlySet<string>): Verb<SetPaymentGatewaysInput, Setting, PaymentGateways> => ({
  name: 'set-payment-gateways',
  lock,
  decide: (world, request) => decide(world, request, connected),
  async write(tx, world) {
    await catalog.setPaymentGateways(tx, world.changed);
    await writeOutbox(tx, world.outbox);
  },
});
