import type pg from 'pg';
import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import { writeAudit } from '../platform/audit.ts';
import { withTx } from '../platform/db.ts';
import type { TrafficControl, TrafficState } from '../platform/traffic-control.ts';

/** Somebody pauses the demo's customers, or has them come faster. Told first, audited after: the log claims nothing that was refused. */
export const operateTrafficInput = z.object({
  paused: z.boolean().optional(),
  everySeconds: z.number().int().min(2).max(3_600).optional(),
});
export type OperateTrafficInput = z.infer<typeof operateTrafficInput>;

export type TrafficFlow = (input: OperateTrafficInput, ctx: Ctx) => Promise<TrafficState>;

export function createTrafficFlow({ pool, control }: { pool: pg.Pool; control: TrafficControl }): TrafficFlow {
  return async (input, ctx) => {
    const before = await control.state();
    const after = await control.change({ paused: input.paused, every_seconds: input.everySeconds });
    const facts = ({ paused, every_seconds }: TrafficState) => ({ paused, everySeconds: every_seconds });
    await withTx(pool, (tx) =>
      writeAudit(tx, ctx, [
        {
          action: 'traffic.changed',
          entity: 'simulator',
          entityId: 'traffic',
          merchantId: null,
          before: facts(before),
          after: facts(after),
        },
      ]),
    );
    return after;
  };
}
