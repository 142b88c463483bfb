/** When a SKU is ordered again: at one node, or over all of them. */
export interface ReorderPoint {
  readonly id: string;
  readonly skuId: string;
  readonly nodeId: string | null;
  readonly merchantId: string;
  readonly region: string;
  /** Null where there is no rule (any more). */
  point: bigint | null;
  quantity: bigint | null;
  version: bigint;
}

export interface ReorderRule {
  readonly point: bigint;
  readonly quantity: bigint;
}

/**
 * What is left to sell, which the point is compared with: units that nobody waits for, and what is on its way where the merchant counts it.
 * Below zero where more was promised than there is.
 */
export function positionOf(available: bigint, inbound: bigint, countsInbound: boolean): bigint {
  return available + (countsInbound ? inbound : 0n);
}

/** Whether an alert is open at this position. It opens at the point itself, and closes above it. */
export const isLow = (point: bigint | null, position: bigint): boolean => point !== null && position <= point;

/** How much to order: as many times the quantity as it takes to be above the point. */
export function unitsToOrder({ point, quantity }: ReorderRule, position: bigint): bigint {
  const missing = point - position + 1n;
  return missing <= 0n ? 0n : ((missing + quantity - 1n) / quantity) * quantity;
}

export const placeKey = (skuId: string, nodeId: string | null): string => `${skuId}:${nodeId ?? ''}`;

/** Whether setting a rule changes anything. */
export function isSameRule(row: Pick<ReorderPoint, 'point' | 'quantity'>, rule: ReorderRule | null): boolean {
  return row.point === (rule?.point ?? null) && row.quantity === (rule?.quantity ?? null);
}

/** What becomes of a point's alert now that its position was read under its lock; null where nothing does. */
export function alertStep(
  row: Pick<ReorderPoint, 'point'>,
  position: bigint,
  isOpen: boolean,
): 'open' | 'close_above' | 'close_no_rule' | null {
  const low = isLow(row.point, position);
  if (low === isOpen) return null;
  if (low) return 'open';
  return row.point === null ? 'close_no_rule' : 'close_above';
}
