import type { Payment } from '../../domains/payments/rules.ts';
import type { Return } from '../../domains/returns/rules.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Saga } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { type World, wake } from '../world.ts';

/** A replacement that leaves before the goods come back, as others see it: its saga, its security, its units. */
export const ADVANCE_SAGA = 'advance-replacement';

export const advanceSagaOf = (world: World, one: Pick<Return, 'id' | 'orderId'>): Saga | undefined =>
  sagasOf(world.sagas, one.orderId).find((saga) => saga.kind === ADVANCE_SAGA && saga.state.returnId === one.id);

/** Has it look again: the goods were settled, or will not come. */
export function wakeAdvance(world: World, one: Return, ctx: Ctx): void {
  if (one.advanceStatus !== 'sent') return;
  const saga = advanceSagaOf(world, one);
  if (saga) wake(world, saga, ctx);
}

/** Whether an authorization only secures a replacement: it pays for no parcel, and is not released with the others. */
export function isSecurity(world: World, payment: Payment): boolean {
  if (world.returns.byId.size === 0) return false;
  return [...world.returns.byId.values()].some(
    (one) => one.securityId === payment.id && (one.advanceStatus === 'securing' || one.advanceStatus === 'sent'),
  );
}

/** The lines whose units leave only when what they cost is held. */
export function unsecuredLines(world: World, orderId: string): ReadonlySet<string> {
  const waiting = new Set(
    [...world.returns.byId.values()].filter((one) => one.advanceStatus === 'securing').map((one) => one.id),
  );
  if (waiting.size === 0) return waiting;
  const order = world.orders.byId.get(orderId);
  return new Set(order?.lines.flatMap((line) => (line.returnId && waiting.has(line.returnId) ? [line.id] : [])));
}
