import type pg from 'pg';
import { type CancelRequest, kindOf } from '../../domains/channels/provider.ts';
import * as channels from '../../domains/channels/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Call } from '../../platform/verb.ts';
import type { CancelledOrder, CancelWish } from '../cancel-order.ts';
import type { ChannelPorts } from './ports.ts';

/**
 * A channel's customer does not want an order any more. It is cancelled as anybody would cancel it, by the merchant's policy and for nothing, or
 * refused with the sentence that everybody is told; either way the channel hears what became of it. Asked twice, the same answer.
 */
interface Deps {
  readonly pool: pg.Pool;
  readonly ports: ChannelPorts;
  readonly cancelOrder: Call<CancelWish, CancelledOrder>;
}

export interface ChannelCancel {
  /** The message's id. */
  readonly id: string;
  readonly connectionId: string;
  readonly cancel: CancelRequest;
}

interface Answer {
  readonly outcome: 'accepted' | 'pending' | 'refused';
  readonly sentence: string;
}

/** False where there is no such connection. Throws where the channel could not be told: the message is taken up again. */
export async function cancelFromChannel(
  { pool, ports, cancelOrder }: Deps,
  { id, connectionId, cancel }: ChannelCancel,
  ctx: Ctx,
): Promise<boolean> {
  const connection = await channels.readConnection(pool, connectionId);
  if (!connection) return false;
  const { traits } = kindOf(connection.kind);
  const order = await orders.findByExternalId(pool, connection.merchantId, cancel.orderRef);
  const own = order?.channel === traits.channel ? order : undefined;
  const said = await carryOut(own, cancel, (wish) =>
    cancelOrder(wish, { ...ctx, actor: `system:${traits.name}` }, `channel:${id}`),
  );
  const told = await ports.portOf(connection).answerCancel({ id, connectionId, orderRef: cancel.orderRef, ...said });
  if (told.kind === 'unknown' || told.kind === 'unreachable')
    throw new Error(`The channel could not be told what became of a cancellation: ${told.reason}`);
  return true;
}

async function carryOut(
  order: orders.FoundOrder | undefined,
  cancel: CancelRequest,
  run: (wish: CancelWish) => Promise<CancelledOrder>,
): Promise<Answer> {
  if (!order) return { outcome: 'refused', sentence: 'There is no such order.' };
  try {
    const units = cancel.lines?.map(({ sku, quantity }) => ({ lineId: lineOf(order, sku), quantity }));
    const done = await run({ orderId: order.id, reason: 'customer_request', by: 'channel', ...(units ? { units } : {}) });
    return done.awaitingPartner
      ? {
          outcome: 'pending',
          sentence: 'The warehouse that sends it was asked for it. What has not left is cancelled when it answers.',
        }
      : { outcome: 'accepted', sentence: done.status === 'CANCELLED' ? 'The order is cancelled.' : 'These units are cancelled.' };
  } catch (error) {
    if (!(error instanceof DomainError) || error.entry.retryable) throw error;
    return { outcome: order.status === 'CANCELLED' && !cancel.lines ? 'accepted' : 'refused', sentence: error.detail };
  }
}

function lineOf({ lines }: orders.FoundOrder, sku: string): string {
  const line = lines.find((candidate) => candidate.skuCode === sku);
  if (!line) throw new DomainError('not_found', `The order has no ${sku}.`);
  return line.id;
}
