import type pg from 'pg';
import type { EditLinesInput, WithdrawEditInput } from '../../domains/orders/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { orderOf } from '../world.ts';
import { type EditedLines, editLines, planLines } from './edit-lines.ts';
import { lockEditing } from './edit-world.ts';
import type { EditPreview } from './preview-edit.ts';
import { type WithdrawnEdit, withdrawEdit } from './withdraw-edit.ts';

/** Orders that change before their goods leave. */
export interface EditFlows {
  /** What an edit would do, by the code that does it. Nothing is written. */
  preview(input: EditLinesInput, ctx: Ctx): Promise<EditPreview>;
  readonly edit: Call<EditLinesInput, EditedLines>;
  /** Takes an edit back that waits to be carried out, or to be paid. */
  readonly withdraw: Call<WithdrawEditInput, WithdrawnEdit>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createEditFlows({ pool, verb }: Deps): EditFlows {
  return {
    preview: (input, ctx) =>
      withTx(pool, async (tx) => {
        forgetLocks(tx);
        const world = await lockEditing(tx, [input], ctx, { refunds: 0 });
        return planLines(world, orderOf(world, input.orderId), input, ctx.now).preview;
      }),
    edit: verb(editLines),
    withdraw: verb(withdrawEdit),
  };
}
