import { needsApproval } from '../domains/approvals/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { lineTotalMinor, parseDecimal } from '../kernel/money.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A place where stock may be counted. */
export interface NodeOption {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** A merchant's active nodes, nearest to being used first. */
export async function listNodes(db: Queryable, scope: Scope, merchantId: string): Promise<NodeOption[]> {
  const where = new Conditions().add((p) => `n.merchant_id = ${p}`, merchantId).scope(scope, 'n', null);
  const text = `SELECT n.id, n.code, n.name FROM nodes n WHERE n.active AND ${where.where} ORDER BY n.priority, n.code LIMIT 500`;
  const { rows } = await db.query<NodeOption>(prepared('node-options', text, where.values));
  return rows;
}

/** What an adjustment would come to, from what is true now. The verb decides under the lock; a count names what it expected. */
export interface AdjustmentPreview {
  readonly onHand: number;
  readonly allocated: number;
  readonly delta: number;
  readonly after: number;
  readonly worthMinor: bigint;
  readonly currency: string;
  readonly needsApproval: boolean;
  /** Allocated units that would not be there any more. */
  readonly short: number;
}

interface Facts {
  readonly price: string;
  readonly currency: string;
  readonly onHand: bigint | null;
  readonly allocated: bigint | null;
  readonly thresholdMinor: bigint | null;
}

/** Reads one SKU at one node and works the adjustment out. Throws `not_found` for a SKU or node that is not the reader's. */
export async function previewAdjustment(
  db: Queryable,
  scope: Scope,
  input: {
    readonly skuId: string;
    readonly nodeId: string;
    readonly delta?: number | undefined;
    readonly counted?: number | undefined;
  },
): Promise<AdjustmentPreview> {
  const where = new Conditions().add((p) => `k.id = ${p}`, input.skuId).scope(scope, 'k', null);
  const node = where.value(input.nodeId);
  const text = `SELECT trim_scale(k.price)::text AS price, k.currency, s.on_hand AS "onHand", s.allocated, p.threshold_minor AS "thresholdMinor"
    FROM skus k JOIN nodes n ON n.id = ${node} AND n.merchant_id = k.merchant_id
    LEFT JOIN node_stock s ON s.sku_id = k.id AND s.node_id = n.id
    LEFT JOIN approval_policies p ON p.action = 'adjust-stock' AND p.currency = k.currency
    WHERE ${where.where}`;
  const { rows } = await db.query<Facts>(prepared('stock-adjustment', text, where.values));
  const [facts] = rows;
  if (!facts) throw new DomainError('not_found', 'There is no such SKU, or no such node of its merchant.');
  const onHand = Number(facts.onHand ?? 0n);
  const allocated = Number(facts.allocated ?? 0n);
  const delta = input.counted === undefined ? (input.delta ?? 0) : input.counted - onHand;
  const worthMinor = lineTotalMinor(parseDecimal(facts.price) ?? 0n, Math.abs(delta), facts.currency);
  const policy =
    facts.thresholdMinor === null
      ? undefined
      : { action: 'adjust-stock', currency: facts.currency, thresholdMinor: facts.thresholdMinor, expiresHours: 0 };
  const after = onHand + delta;
  return {
    onHand,
    allocated,
    delta,
    after,
    worthMinor,
    currency: facts.currency,
    needsApproval: needsApproval(policy, worthMinor),
    short: Math.max(0, allocated - Math.max(0, after)),
  };
}
