import { DEFAULT_FACTS } from '../../domains/routing/rules.ts';
import type { RulesContent, SaveNodeSettingsInput } from '../../domains/routing/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { OrderWorld } from './order-world.ts';

/** A node's only zone: one price to everywhere. */
export const price = (priceMinor: number, transitDays = 2): SaveNodeSettingsInput['zones'] => [
  { name: 'All', area: [], transitDays, bands: [{ upToGrams: null, priceMinor }] },
];

/** What is thrown, if it is a refusal. */
export async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

interface Decision {
  readonly solver: string;
  readonly reason: string;
  readonly rules_number: number | null;
  readonly explanation: Record<string, unknown>;
}

/** What tests do with nodes, rules and orders of a world. */
export function routingHands(w: OrderWorld) {
  const versions = new Map<string, bigint>();
  return {
    versions,
    /** Says something of a node that differs from the defaults. */
    async describeNode(at: number, facts: Partial<SaveNodeSettingsInput>): Promise<void> {
      const nodeId = w.nodes[at] as string;
      const version = versions.get(nodeId) ?? 0n;
      const saved = await w.flows.routing.saveNode(
        { ...DEFAULT_FACTS, merchantId: w.merchantId, priority: at, ...facts, nodeId, version },
        w.ctx(),
      );
      versions.set(nodeId, BigInt(saved.version));
    },
    /** Puts rules in force. */
    async rules(content: Partial<RulesContent>): Promise<void> {
      const { rows } = await w.db.pool.query<{ version: bigint }>(
        `SELECT version FROM routing_rule_sets WHERE merchant_id = $1 AND status = 'draft'`,
        [w.merchantId],
      );
      const draft = await w.flows.routing.saveDraft(
        {
          merchantId: w.merchantId,
          content: { splitMinor: 300, lateDayMinor: 200, rules: [], ...content },
          version: rows[0]?.version ?? 0n,
        },
        w.ctx(),
      );
      await w.flows.routing.promote({ merchantId: w.merchantId, version: BigInt(draft.version), reason: 'test' }, w.ctx());
    },
    /** Units of an order by the node they are at; -1: at none. */
    async whereIs(orderId: string): Promise<Record<number, number>> {
      const { rows } = await w.db.pool.query<{ node_id: string | null; units: bigint }>(
        `SELECT node_id, sum(to_unit - from_unit + 1)::int8 AS units FROM line_spans
         WHERE order_id = $1 AND state IN ('open', 'allocated') GROUP BY 1`,
        [orderId],
      );
      return Object.fromEntries(rows.map((row) => [w.nodes.indexOf(row.node_id ?? ''), Number(row.units)]));
    },
    async decisions(orderId: string): Promise<Decision[]> {
      const { rows } = await w.db.pool.query<Decision>(
        'SELECT solver, reason, rules_number, explanation FROM routing_decisions WHERE order_id = $1 ORDER BY id',
        [orderId],
      );
      return rows;
    },
    async order(sku: string, quantity: number): Promise<string> {
      const { id } = await w.place({ lines: [{ sku, quantity }] });
      await w.settle();
      return id;
    },
  };
}
