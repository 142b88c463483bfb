import { DEFAULTS } from '../../domains/policies/rules.ts';
import type { OrderWorld } from './order-world.ts';
import { confirmed, type SagaScenario } from './saga-scenarios.ts';

/** Says what cancelling costs from now on. */
async function say(w: OrderWorld, feeMinor: Record<string, number>): Promise<void> {
  const { rows } = await w.db.pool.query<{ version: number }>(
    `SELECT COALESCE(max(version), 0)::int AS version FROM policies WHERE merchant_id = $1 AND kind = 'cancellation'`,
    [w.merchantId],
  );
  const terms = { ...DEFAULTS.cancellation, feeMinor };
  await w.flows.policies.save(
    { merchantId: w.merchantId, kind: 'cancellation', terms, seenVersion: rows[0]?.version ?? 0 },
    w.ctx(),
  );
}

/** Money that is kept of a cancellation. */
export const FEE_SCENARIOS: readonly SagaScenario[] = [
  {
    name: 'keeping the fee of a cancelled order',
    start: async (w) => {
      const id = await confirmed(w);
      await say(w, { EUR: 300 });
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request', by: 'customer' }, w.ctx());
      await say(w, {});
      return id;
    },
    ends: {
      status: 'CANCELLED',
      payment_status: 'CAPTURED',
      captured_minor: 300n,
      cancellation_fee_minor: 300n,
      receivable_minor: 0n,
    },
    log: { authorization: 1, capture: 1 },
  },
];
