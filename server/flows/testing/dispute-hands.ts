import type { GatewayHouse } from './gateway-house.ts';

/** Hands for tests of disputes: a paid order, its cardholder's bank, and what the books show of it. */
export interface DisputeHands {
  /** An order whose first so many units have left, paid. */
  paid(shipped?: number, quantity?: number): Promise<PaidOrder>;
  /** The bank takes a payment back, or asks about it. */
  open(order: PaidOrder, wish?: { amount?: number; inquiry?: boolean }): Promise<void>;
  decide(order: PaidOrder, status: 'won' | 'lost' | 'escalated'): Promise<void>;
  disputes(order: PaidOrder): Promise<DisputeRow[]>;
  one(order: PaidOrder): Promise<DisputeRow>;
  /** Net debits of the merchant's losses and of its dispute fees. */
  books(): Promise<{ readonly losses: number; readonly fees: number }>;
  /** Sends what the simulators have not delivered yet. */
  news(): Promise<void>;
}

export interface PaidOrder {
  readonly id: string;
  readonly ref: string;
  readonly lineId: string;
}

export interface DisputeRow {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly amount: number;
  readonly taken: number;
  readonly set_off: number;
  readonly answer: string | null;
  readonly answered: boolean;
  readonly why: string | null;
}

const NEWS_MS = 60;

export function disputeHands(w: GatewayHouse): DisputeHands {
  const say = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${w.psp.controlUrl}/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  };
  const disputes: DisputeHands['disputes'] = async ({ id }) =>
    (
      await w.db.pool.query<DisputeRow>(
        `SELECT id, number, status, amount_minor::int AS amount, taken_minor::int AS taken, set_off_minor::int AS set_off, answer,
                answered_at IS NOT NULL AS answered, answer_error->>'code' AS why
         FROM disputes WHERE order_id = $1 ORDER BY id`,
        [id],
      )
    ).rows;
  return {
    async paid(shipped = 2, quantity = 2) {
      const { id } = await w.place({ lines: [{ sku: 'MUG', quantity }] });
      await w.rest();
      const { rows } = await w.db.pool.query<{ ref: string; line: string }>(
        `SELECT p.provider_ref AS ref, l.id AS line FROM payments p JOIN order_lines l ON l.order_id = p.order_id WHERE p.order_id = $1 AND l.sku_code = 'MUG'`,
        [id],
      );
      const { ref = '', line: lineId = '' } = rows[0] ?? {};
      if (shipped > 0) await w.flows.shipOrder({ orderId: id, units: [{ lineId, quantity: shipped }] }, w.ctx('warehouse'));
      await w.rest();
      return { id, ref, lineId };
    },
    open: ({ ref }, wish = {}) => say('disputes', { payment_intent: ref, ...wish }),
    decide: ({ ref }, status) => say('disputes/decide', { payment_intent: ref, status }),
    disputes,
    async one(order) {
      const [first, ...more] = await disputes(order);
      if (!first || more.length > 0) throw new Error(`There are ${more.length + (first ? 1 : 0)} disputes`);
      return first;
    },
    async books() {
      const { rows } = await w.db.pool.query<{ kind: string; net: number }>(
        `SELECT kind, (debits_posted - credits_posted)::int AS net FROM accounts WHERE kind IN ('chargebacks', 'dispute_fees') AND merchant_id IS NOT NULL`,
      );
      const of = (kind: string): number => rows.find((row) => row.kind === kind)?.net ?? 0;
      return { losses: of('chargebacks'), fees: of('dispute_fees') };
    },
    news: () => new Promise((resolve) => setTimeout(resolve, NEWS_MS)),
  };
}
