import type pg from 'pg';
import type { Flows } from '../../flows/flows.ts';
import type { OrderWorld } from '../../flows/testing/order-world.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createVerb } from '../../platform/verb.ts';
import { readRestOrder } from '../../views/rest-orders.ts';
import { readStock } from '../../views/stock.ts';
import type { Answers, Outcome, Request } from './history.ts';
import { accountRef, nodeSeen, orderSeen, readAccounts, supplySeen } from './observations.ts';
import type { Door } from './recorder.ts';
import { transferMoney } from './transfer-verb.ts';

/** Any process's flows, called as its counter calls them. */
export function flowsDoor(w: OrderWorld, { name, flows, pool }: { name: string; flows: Flows; pool: pg.Pool }): Door {
  const transfer = createVerb({ pool }, transferMoney);
  const scope = { merchantId: w.merchantId, customerId: null };
  const skuId = (sku: string): string => w.skus[sku] ?? '';

  async function perform(request: Request, ctx: ReturnType<OrderWorld['ctx']>, key: string): Promise<Answers[Request['kind']]> {
    switch (request.kind) {
      case 'place': {
        const lines = request.lines.map((line) => ({ ...line, discountMinor: BigInt(line.discountMinor) }));
        const placed = await flows.placeOrder(w.input({ lines }), ctx, key);
        const { id: order, status, totalMinor } = placed;
        return {
          order,
          status,
          totalMinor,
          lines: placed.lines.map((line) => ({
            id: line.id,
            sku: line.sku ?? '',
            quantity: line.quantity,
            totalMinor: line.totalMinor,
          })),
        };
      }
      case 'cancel': {
        const units = request.units && { units: selection(request.units) };
        const done = await flows.cancelOrder({ orderId: request.order, reason: 'customer_request', ...units }, ctx, key);
        return { status: done.status, cancelledMinor: done.cancelledMinor, refund: done.refundId };
      }
      case 'ship': {
        const units = request.units && { units: selection(request.units) };
        const done = await flows.shipOrder({ orderId: request.order, ...units }, ctx, key);
        return { shipments: done.shipments.map(({ id, valueMinor }) => ({ id, valueMinor })) };
      }
      case 'refund': {
        const wanted = { orderId: request.order, reason: 'damaged' as const };
        const done = await flows.refundOrder(
          'units' in request.of
            ? { ...wanted, kind: 'units', ...(request.of.units ? { units: selection(request.of.units) } : {}) }
            : { ...wanted, kind: request.of.goodwill ? 'goodwill' : 'amount', amountMinor: BigInt(request.of.amountMinor) },
          ctx,
          key,
        );
        return { refund: done.id, status: done.status, amountMinor: done.amountMinor };
      }
      case 'adjust':
      case 'count': {
        const place = { merchantId: w.merchantId, skuId: skuId(request.sku), nodeId: w.nodes[nodeIndex(request.node)] ?? '' };
        const wanted =
          request.kind === 'adjust'
            ? { delta: request.delta, reason: request.delta > 0 ? ('received' as const) : ('lost' as const) }
            : { counted: request.counted, expected: request.expected, reason: 'counted' as const };
        const { onHand, delta, short, shortfall } = await flows.adjustStock({ ...place, ...wanted }, ctx, key);
        return { onHand, delta, short, shortfall };
      }
      case 'transfer': {
        const [debit, credit] = [accountRef(w.merchantId, request.debit), accountRef(w.merchantId, request.credit)];
        return transfer.call({ id: key, debit, credit, amountMinor: request.amountMinor }, ctx, key);
      }
    }
  }

  return {
    name,
    async send(request, { key, trace }) {
      try {
        return { is: 'ok', answer: await perform(request, { ...w.ctx('shop'), traceId: trace }, key) };
      } catch (error) {
        return refusalOf(error);
      }
    },
    async look(at) {
      if ('accounts' in at) return [await readAccounts(pool, at.accounts)];
      if ('order' in at) {
        const { order, lines } = await readRestOrder(pool, scope, at.order);
        return [[orderSeen({ ...order, lines })]];
      }
      const { supply, nodes } = await readStock(pool, scope, at.sku);
      return [...supply.map((row) => [supplySeen(at.sku, row)]), ...nodes.map((row) => [nodeSeen(at.sku, row.nodeCode, row)])];
    },
  };
}

const nodeIndex = (code: string): number => Number(code.slice(1)) - 1;

const selection = (units: readonly { readonly line: string; readonly quantity: number }[]) =>
  units.map(({ line, quantity }) => ({ lineId: line, quantity }));

/** What was refused was decided; of anything else nobody knows whether it happened. */
function refusalOf(error: unknown): Outcome {
  if (error instanceof DomainError && error.entry.status < 500)
    return { is: 'refused', code: error.code, data: error.data ?? {} };
  return { is: 'unknown', why: String(error) };
}
