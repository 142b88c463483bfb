import type pg from 'pg';
import { CHANNEL_KINDS, type ChannelWebhook } from '../domains/channels/provider.ts';
import type { CarrierWebhook, ClaimWebhook, ParcelWebhook } from '../domains/fulfilment/provider.ts';
import type { ShipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import { NODE_KINDS, type PartnerWebhook } from '../domains/nodes/provider.ts';
import * as nodes from '../domains/nodes/service.ts';
import type { PaymentWebhook } from '../domains/payments/provider.ts';
import type { BankWebhook } from '../domains/rails/provider.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { ClaimKind } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { failWebhook, finishWebhooks, readWebhooks, type StoredWebhook } from '../platform/stored-webhooks.ts';
import type { Flows } from './flows.ts';

/**
 * Acts on what a provider told us. A payment webhook only wakes the order's sagas, which ask the provider themselves: what it says then
 * is the truth, whatever order the webhooks came in. A carrier's report is recorded under its own id, so that a repeat changes nothing.
 * One that throws on its last try is marked as failed, which the admin's home counts; retrying its dead job takes it up again.
 */
export async function processWebhook(
  pool: pg.Pool,
  flows: WebhookFlows,
  webhookId: string,
  ctx: Ctx,
  tries: Tries,
): Promise<void> {
  const [webhook] = await unfinished(pool, [webhookId]);
  if (webhook) await processOne(pool, flows, webhook, ctx, tries);
}

type CarrierFlows = Pick<Flows, 'updateShipment'> & {
  readonly parcels: Pick<Flows['parcels'], 'openClaim' | 'answerClaim'>;
  readonly returns: Pick<Flows['returns'], 'report'>;
};
type WebhookFlows = Pick<Flows, 'wakeSagas' | 'lookAgain' | 'rails' | 'disputes'> &
  CarrierFlows & { readonly channels: Pick<Flows['channels'], 'receiveReport' | 'cancelFromChannel'> };

interface Tries {
  /** Whether nobody tries by himself after this. */
  readonly lastTry: boolean;
}

/**
 * Acts on several. News of payments are one turn together; where that fails each is taken alone, so that one which cannot be acted upon
 * holds back no other. Throws if any could not.
 */
export async function processWebhooks(
  pool: pg.Pool,
  flows: WebhookFlows,
  webhookIds: readonly string[],
  ctx: Ctx,
  tries: Tries,
): Promise<void> {
  const webhooks = await unfinished(pool, webhookIds);
  const news = webhooks.filter(isPayment);
  const together = await paymentNews(pool, flows, news, ctx).then(
    () => true,
    () => false, // what failed is said by whichever fails alone
  );
  const alone = together ? webhooks.filter((webhook) => !isPayment(webhook)) : webhooks;
  const ended = await Promise.allSettled(alone.map((webhook) => processOne(pool, flows, webhook, ctx, tries)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Where payment gateways send their news. */
const PAYMENT_SOURCES: ReadonlySet<string> = new Set(['psp', 'adyen']);
const isPayment = ({ source }: StoredWebhook): boolean => PAYMENT_SOURCES.has(source);

async function unfinished(db: Queryable, ids: readonly string[]): Promise<StoredWebhook[]> {
  return (await readWebhooks(db, ids)).filter(({ status }) => status !== 'processed' && status !== 'ignored');
}

async function processOne(
  pool: pg.Pool,
  flows: WebhookFlows,
  webhook: StoredWebhook,
  ctx: Ctx,
  { lastTry }: Tries,
): Promise<void> {
  try {
    if (isPayment(webhook)) await paymentNews(pool, flows, [webhook], ctx);
    else if (webhook.source === 'bank')
      await finishWebhooks(pool, [webhook.id], (await bankNews(flows, webhook)) ? 'processed' : 'ignored', ctx.now);
    else if (CHANNEL_KINDS.has(webhook.source))
      await finishWebhooks(pool, [webhook.id], (await channelReport(flows, webhook, ctx)) ? 'processed' : 'ignored', ctx.now);
    else if (NODE_KINDS.get(webhook.source)?.connect)
      await finishWebhooks(pool, [webhook.id], (await partnerNews(pool, flows, webhook, ctx)) ? 'processed' : 'ignored', ctx.now);
    else await finishWebhooks(pool, [webhook.id], (await carrierReport(flows, webhook, ctx)) ? 'processed' : 'ignored', ctx.now);
  } catch (error) {
    if (lastTry) await failWebhook(pool, webhook.id, String(error));
    throw error;
  }
}

const REPORTS: Readonly<Record<string, ShipmentUpdateInput['status']>> = {
  in_transit: 'IN_TRANSIT',
  delivered: 'DELIVERED',
  exception: 'EXCEPTION',
  lost: 'LOST',
  damaged: 'DAMAGED',
  returning: 'RETURNING',
  // At the sender's door; it is back when somebody there has received it.
  returned: 'RETURNING',
};
const CLAIMED: Partial<Readonly<Record<ShipmentUpdateInput['status'], ClaimKind>>> = { LOST: 'lost', DAMAGED: 'damaged' };

/** As it was stored; what an older version stored names no subject, and is of a parcel. */
type Stored<W> = W extends CarrierWebhook ? Omit<W, 'occurredAt'> & { readonly occurredAt: string } : never;

async function carrierReport(flows: CarrierFlows, webhook: StoredWebhook, ctx: Ctx): Promise<boolean> {
  const news = webhook.payload as unknown as Stored<CarrierWebhook>;
  if (news.subject === 'claim') return claimAnswer(flows, news, webhook.externalId, ctx);
  const { shipmentId, boxId, status, detail, occurredAt, carrierRef, proof } = news;
  const report = REPORTS[status];
  if (!report || !isId(shipmentId) || (boxId && !isId(boxId))) return false;
  const parcel = { shipmentId, ...(boxId ? { boxId } : {}) };
  try {
    const said = { ...parcel, status: report, detail, occurredAt: new Date(occurredAt), carrierRef };
    await flows.updateShipment(proof ? { ...said, proof } : said, ctx, webhook.externalId);
    // What is lost or damaged is claimed from the carrier: a person says for how much, and files it.
    const kind = CLAIMED[report];
    if (kind) await flows.parcels.openClaim({ ...parcel, kind }, ctx, `${webhook.externalId}:claim`);
    return true;
  } catch (error) {
    // A parcel on its way back, or of somebody else's, or of a shipment that was never made here.
    if (error instanceof DomainError && error.code === 'not_found') return returnReport(flows, news, webhook.externalId, ctx);
    throw error;
  }
}

const ON_THE_WAY_BACK: Partial<Readonly<Record<ParcelWebhook['status'], 'sent' | 'arrived'>>> = {
  in_transit: 'sent',
  exception: 'sent',
  delivered: 'arrived',
};

/** What becomes of a parcel that a customer sends back: it bears the return's own id. */
async function returnReport(flows: CarrierFlows, news: Stored<ParcelWebhook>, key: string, ctx: Ctx): Promise<boolean> {
  const { shipmentId: returnId, status: said, carrierRef, occurredAt } = news;
  const status = ON_THE_WAY_BACK[said];
  if (!status) return false;
  try {
    await flows.returns.report({ returnId, status, carrierRef, occurredAt: new Date(occurredAt) }, ctx, `${key}:return`);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return false;
    throw error;
  }
}

/** How a claim was answered. */
async function claimAnswer(flows: CarrierFlows, news: Stored<ClaimWebhook>, key: string, ctx: Ctx): Promise<boolean> {
  const { claimId, claimRef, status, amountMinor, currency, note, occurredAt } = news;
  if (!isId(claimId)) return false;
  const said = { claimId, claimRef, status, amountMinor: BigInt(amountMinor), currency, note, occurredAt: new Date(occurredAt) };
  try {
    await flows.parcels.answerClaim(said, ctx, key);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return false;
    throw error;
  }
}

/**
 * News of a request: its saga asks the partner what is true now. A parcel that is ours already is tracked by the message itself, long after
 * its request has ended.
 */
async function partnerNews(
  db: pg.Pool,
  flows: Pick<Flows, 'wakeSagas' | 'updateShipment'>,
  webhook: StoredWebhook,
  ctx: Ctx,
): Promise<boolean> {
  const { reference, parcel, occurredAt } = webhook.payload as unknown as Omit<PartnerWebhook, 'occurredAt'> & {
    occurredAt: string;
  };
  if (!isId(reference)) return false;
  const orderId = (await nodes.ordersOfRequests(db, [reference])).get(reference);
  if (orderId === undefined) return false;
  const report = REPORTS[parcel?.status ?? ''];
  const shipmentId = parcel && report ? await shipmentByRef(db, orderId, parcel.ref) : undefined;
  if (shipmentId && report)
    await flows.updateShipment(
      { shipmentId, status: report, detail: null, occurredAt: new Date(occurredAt) },
      ctx,
      webhook.externalId,
    );
  await flows.wakeSagas([orderId], ctx);
  return true;
}

async function shipmentByRef(db: Queryable, orderId: string, ref: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    name: 'webhook-shipment-by-ref',
    text: 'SELECT id FROM shipments WHERE order_id = $1 AND carrier_ref = $2',
    values: [orderId, ref],
  });
  return rows[0]?.id;
}

/** What a channel says it has, or wants cancelled. */
async function channelReport(
  { channels }: Pick<WebhookFlows, 'channels'>,
  { payload, externalId }: StoredWebhook,
  ctx: Ctx,
): Promise<boolean> {
  const { connectionId, listings, occurredAt, cancel } = payload as unknown as Omit<ChannelWebhook, 'occurredAt'> & {
    occurredAt: string;
  };
  if (cancel) return channels.cancelFromChannel({ id: externalId, connectionId, cancel }, ctx);
  return (await channels.receiveReport({ connectionId, listings, at: new Date(occurredAt) }, ctx)) !== null;
}

/** A transfer in or out: the bank is asked what became of it. */
function bankNews({ rails }: Pick<Flows, 'rails'>, { payload }: StoredWebhook): Promise<boolean> {
  const { subject, bankRef, attemptId } = payload as unknown as BankWebhook;
  return rails.bankNews({ subject, bankRef, attemptId: attemptId && isId(attemptId) ? attemptId : null });
}

/** Wakes the sagas of the orders that the news are of, and records which news were of any. */
async function paymentNews(
  db: Queryable,
  flows: Pick<Flows, 'wakeSagas' | 'lookAgain' | 'rails' | 'disputes'>,
  webhooks: readonly StoredWebhook[],
  ctx: Ctx,
): Promise<void> {
  if (webhooks.length === 0) return;
  const orders = await ordersOf(db, webhooks);
  const again = await flows.lookAgain(
    webhooks.flatMap(({ id, topic, payload }) => {
      const orderId = orders.get(id);
      return orderId ? [{ orderId, topic, said: payload as unknown as PaymentWebhook }] : [];
    }),
    ctx,
  );
  const woken = new Set([...(await flows.wakeSagas([...new Set(orders.values())], ctx)), ...again]);
  const ofTopUps = await topUpNews(
    flows,
    webhooks.filter(({ id }) => !orders.has(id)),
  );
  const disputed = new Set(webhooks.flatMap((webhook) => disputedPayment(webhook) ?? []));
  const read = await flows.disputes.read([...disputed], ctx);
  const acted = (webhook: StoredWebhook): boolean =>
    woken.has(orders.get(webhook.id) ?? '') || ofTopUps.has(webhook.id) || read.has(disputedPayment(webhook) ?? '');
  const ids = (of: readonly StoredWebhook[]): string[] => of.map(({ id }) => id);
  await finishWebhooks(db, ids(webhooks.filter(acted)), 'processed', ctx.now);
  await finishWebhooks(db, ids(webhooks.filter((webhook) => !acted(webhook))), 'ignored', ctx.now);
}

/** The payment whose disputes are told of. */
function disputedPayment({ payload }: StoredWebhook): string | null {
  const { disputeRef, paymentRef } = payload as unknown as Pick<PaymentWebhook, 'disputeRef' | 'paymentRef'>;
  return disputeRef ? paymentRef : null;
}

/** Those of no order may be of a top up. */
async function topUpNews({ rails }: Pick<Flows, 'rails'>, webhooks: readonly StoredWebhook[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { id, topic, payload } of webhooks) {
    const { paymentRef, operationId } = payload as unknown as Pick<PaymentWebhook, 'paymentRef' | 'operationId'>;
    const named = operationId && isId(operationId) ? operationId : null;
    if (await rails.cardNews({ topic, paymentRef, operationId: named })) found.add(id);
  }
  return found;
}

/** The order that each webhook is about, by what it says, by the payment it names or by the attempt. */
async function ordersOf(db: Queryable, webhooks: readonly StoredWebhook[]): Promise<Map<string, string>> {
  const named = webhooks.map((webhook) => {
    const { orderId, paymentRef, operationId } = webhook.payload as unknown as PaymentWebhook;
    const valid = (id: string | null | undefined): string | null => (id && isId(id) ? id : null);
    return { id: webhook.id, orderId: valid(orderId), paymentRef, operationId: valid(operationId) };
  });
  const unknown = named.filter(({ orderId }) => orderId === null);
  const byRef = await ordersByPaymentRef(
    db,
    unknown.flatMap(({ paymentRef }) => paymentRef ?? []),
  );
  // News of an attempt may come before the answer that says what its payment is called.
  const left = unknown.filter(({ paymentRef }) => !byRef.has(paymentRef ?? ''));
  const byAttempt = await ordersByAttempt(
    db,
    left.flatMap(({ operationId }) => operationId ?? []),
  );
  return new Map(
    named.flatMap(({ id, orderId, paymentRef, operationId }) => {
      const found = orderId ?? byRef.get(paymentRef ?? '') ?? byAttempt.get(operationId ?? '');
      return found ? [[id, found] as const] : [];
    }),
  );
}

async function ordersByPaymentRef(db: Queryable, refs: readonly string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  const { rows } = await db.query<{ ref: string; id: string }>({
    name: 'webhook-orders',
    text: 'SELECT provider_ref AS ref, order_id AS id FROM payments WHERE provider_ref = ANY($1::text[])',
    values: [refs],
  });
  return new Map(rows.map(({ ref, id }) => [ref, id]));
}

async function ordersByAttempt(db: Queryable, operationIds: readonly string[]): Promise<Map<string, string>> {
  if (operationIds.length === 0) return new Map();
  const { rows } = await db.query<{ attempt: string; id: string }>({
    name: 'webhook-orders-by-attempt',
    text: 'SELECT id AS attempt, order_id AS id FROM payment_operations WHERE id = ANY($1::uuid[])',
    values: [operationIds],
  });
  return new Map(rows.map(({ attempt, id }) => [attempt, id]));
}
