import type pg from 'pg';
import type { CarrierWebhook } from '../domains/fulfilment/provider.ts';
import type { ShipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import type { PaymentWebhook } from '../domains/payments/provider.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { failWebhook, finishWebhook, readWebhook, type StoredWebhook } from '../platform/stored-webhooks.ts';
import type { Flows } from './flows.ts';

/**
 * Acts on what a provider told us. A payment webhook only wakes the order's sagas, which ask the provider themselves: what it says then
 * is the truth, whatever order the webhooks came in. A carrier's report is recorded under its own id, so that a repeat changes nothing.
 * One that throws on its last try is marked as failed, which the admin's home counts; retrying its dead job takes it up again.
 */
export async function processWebhook(
  pool: pg.Pool,
  flows: Pick<Flows, 'wakeSagas' | 'updateShipment'>,
  webhookId: string,
  ctx: Ctx,
  { lastTry }: { readonly lastTry: boolean },
): Promise<void> {
  const webhook = await readWebhook(pool, webhookId);
  if (!webhook || webhook.status === 'processed' || webhook.status === 'ignored') return;
  try {
    const acted =
      webhook.source === 'carrier' ? await carrierReport(flows, webhook, ctx) : await paymentNews(pool, flows, webhook, ctx);
    await finishWebhook(pool, webhookId, acted ? 'processed' : 'ignored', ctx.now);
  } catch (error) {
    if (lastTry) await failWebhook(pool, webhookId, String(error));
    throw error;
  }
}

const REPORTS: Readonly<Record<string, ShipmentUpdateInput['status']>> = {
  in_transit: 'IN_TRANSIT',
  delivered: 'DELIVERED',
  exception: 'EXCEPTION',
};

async function carrierReport(flows: Pick<Flows, 'updateShipment'>, webhook: StoredWebhook, ctx: Ctx): Promise<boolean> {
  const { shipmentId, status, detail, occurredAt } = webhook.payload as unknown as Omit<CarrierWebhook, 'occurredAt'> & {
    occurredAt: string;
  };
  const report = REPORTS[status];
  if (!report || !isId(shipmentId)) return false;
  try {
    await flows.updateShipment({ shipmentId, status: report, detail, occurredAt: new Date(occurredAt) }, ctx, webhook.externalId);
    return true;
  } catch (error) {
    // A parcel of somebody else's, or of a shipment that was never made here.
    if (error instanceof DomainError && error.code === 'not_found') return false;
    throw error;
  }
}

async function paymentNews(db: Queryable, flows: Pick<Flows, 'wakeSagas'>, webhook: StoredWebhook, ctx: Ctx): Promise<boolean> {
  const { orderId, paymentRef } = webhook.payload as unknown as Pick<PaymentWebhook, 'orderId' | 'paymentRef'>;
  const id = orderId && isId(orderId) ? orderId : await orderByPaymentRef(db, paymentRef);
  return id !== null && (await flows.wakeSagas([id], ctx)) > 0;
}

async function orderByPaymentRef(db: Queryable, paymentRef: string | null): Promise<string | null> {
  if (!paymentRef) return null;
  const { rows } = await db.query<{ id: string }>({
    name: 'webhook-order',
    text: 'SELECT order_id AS id FROM payments WHERE provider_ref = $1 LIMIT 1',
    values: [paymentRef],
  });
  return rows[0]?.id ?? null;
}
