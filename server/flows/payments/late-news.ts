import type pg from 'pg';
import type { PaymentWebhook } from '../../domains/payments/provider.ts';
import { isOpen, type Operation } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { begin, lockWorld, type World, writeWorld } from '../world.ts';
import { LOOK_AGAIN } from './births.ts';

/**
 * News that may say that a capture or a refund, which had succeeded, was taken back. Whatever it says, a saga asks the gateway: it outlives
 * whoever took the news, and waits for an attempt that is still being asked about.
 */
export interface OrderNews {
  readonly orderId: string;
  readonly topic: string;
  readonly said: Pick<PaymentWebhook, 'paymentRef' | 'refundRef' | 'operationId' | 'payload'>;
}

const OF_CAPTURES: ReadonlySet<string> = new Set([
  'CAPTURE_FAILED',
  'charge.failed',
  'payment_intent.payment_failed',
  'charge.dispute.created',
]);
const OF_REFUNDS: ReadonlySet<string> = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED', 'refund.failed', 'refund.updated']);

/** Most news of refunds is that they went well. */
function isLate({ topic, said }: OrderNews): boolean {
  if (OF_CAPTURES.has(topic)) return true;
  if (!OF_REFUNDS.has(topic)) return false;
  const { object } = said.payload as { readonly object?: { readonly status?: unknown } };
  return topic !== 'refund.updated' || object?.status === 'failed' || object?.status === 'canceled';
}

/** The attempts that the news may be of: the one that it names, else those of the payment. */
function meant(world: World, { orderId, topic, said }: OrderNews): Operation[] {
  const kind = OF_CAPTURES.has(topic) ? 'capture' : 'refund';
  const refs = new Map(payments.ofOrder(world.payments, orderId).map((payment) => [payment.id, payment.providerRef]));
  const all = payments
    .operationsOf(world.payments, orderId)
    .filter((one) => one.kind === kind && (one.status === 'succeeded' || isOpen(one)));
  const named = all.filter(
    (one) => one.id === said.operationId || (said.refundRef !== null && one.providerRef === said.refundRef),
  );
  if (named.length > 0 || kind === 'refund') return named;
  return all.filter((one) => said.paymentRef !== null && refs.get(one.paymentId) === said.paymentRef);
}

/** Has somebody look at what the news may be of. Returns the orders that there was anything of. */
export async function lookAgain(pool: pg.Pool, all: readonly OrderNews[], ctx: Ctx): Promise<ReadonlySet<string>> {
  const news = all.filter(isLate);
  const orderIds = await payments.ordersWithTaken(
    pool,
    news.map(({ orderId }) => orderId),
  );
  if (orderIds.length === 0) return new Set();
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockWorld(tx, { orderIds }, ctx);
    const found = new Set<string>();
    for (const one of news) {
      const order = world.orders.byId.get(one.orderId);
      for (const operation of order ? meant(world, one) : []) {
        found.add(one.orderId);
        const looking = sagasOf(world.sagas, one.orderId).find(
          (saga) => saga.kind === LOOK_AGAIN.kind && saga.state.operationId === operation.id,
        );
        // Whoever is asking at this moment may have been answered before this was true.
        if (looking) Object.assign(looking, { state: { ...looking.state, again: true }, touched: true });
        else if (order) begin(world, LOOK_AGAIN, order, { state: { operationId: operation.id } }, ctx);
      }
    }
    await writeWorld(tx, world);
    return found;
  });
}
