import type pg from 'pg';
import * as replenishment from '../../domains/replenishment/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';

/**
 * Watches what runs low. A sweep compares every reorder point with what is left to sell, set-based and without locks, so that whoever moves stock
 * does nothing for it; where an alert has to be opened or closed, it looks again under the point's lock. So an alert is opened once per crossing,
 * however many movements and sweeps there are, and closes by itself.
 */
export interface WatchedStock {
  readonly opened: number;
  readonly closed: number;
}

export async function sweepLowStock(pool: pg.Pool, ctx: Ctx): Promise<WatchedStock> {
  let [opened, closed] = [0, 0];
  const crossed = await replenishment.crossed(pool);
  for (let at = 0; at < crossed.length; at += BATCH) {
    const crossings = await settle(pool, crossed.slice(at, at + BATCH), ctx);
    opened += crossings.filter((each) => each.opened).length;
    closed += crossings.filter((each) => !each.opened).length;
  }
  return { opened, closed };
}

/** So many are opened or closed in one transaction. */
const BATCH = 500;

function settle(pool: pg.Pool, ids: readonly string[], ctx: Ctx): Promise<replenishment.Crossing[]> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const crossings = await replenishment.settle(tx, ids, ctx.now);
    const outbox = newOutbox();
    for (const crossing of crossings) tell(outbox, crossing, ctx);
    await writeOutbox(tx, outbox);
    return crossings;
  });
}

function tell(outbox: Outbox, { alert, standing, position, opened }: replenishment.Crossing, ctx: Ctx): void {
  const { skuId, nodeId, merchantId } = alert;
  const about = { aggregate: 'sku', aggregateId: skuId, aggregateVersion: standing.version, merchantId } as const;
  const facts = {
    alertId: alert.id,
    nodeId,
    point: standing.point === null ? null : Number(standing.point),
    position: Number(position),
    available: Number(standing.available),
    inbound: Number(standing.inbound),
  };
  emit(outbox, { ...about, type: opened ? 'stock.low' : 'stock.recovered', data: facts }, ctx);
}
