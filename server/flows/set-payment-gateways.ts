import { z } from 'zod';
import * as catalog from '../domains/catalog/service.ts';
import { type GatewayRule, gatewayRulesInput } from '../domains/payments/gateway-rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';

/** Says which gateways take a merchant's payments from now on, and in which order. Payments that exist stay where they are. */
export const setPaymentGatewaysInput = z.object({ merchantId: z.uuid(), gateways: gatewayRulesInput });
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

function decide(world: Setting, { input, ctx }: Request<SetPaymentGatewaysInput>): PaymentGateways {
  const { merchantId, gateways } = input;
  const merchant = world.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const before = world.changed.get(merchantId) ?? merchant.paymentGateways;
  if (JSON.stringify(before) === JSON.stringify(gateways)) return input;
  world.changed.set(merchantId, gateways);
  world.applied++;
  const change = { before: { gateways: before }, after: { gateways } };
  audit(world.outbox, { action: 'merchant.gateways_set', entity: 'merchant', entityId: merchantId, merchantId, ...change }, ctx);
  return input;
}

export const setPaymentGateways: Verb<SetPaymentGatewaysInput, Setting, PaymentGateways> = {
  name: 'set-payment-gateways',
  lock,
  decide,
  async write(tx, world) {
    await catalog.setPaymentGateways(tx, world.changed);
    await writeOutbox(tx, world.outbox);
  },
};
