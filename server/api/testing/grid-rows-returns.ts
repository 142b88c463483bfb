import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

interface Situation {
  readonly orderId: string;
  readonly lineId: string;
}

/** An order whose customer has its goods. */
async function delivered(w: GridWorld, tenant: Tenant): Promise<Situation> {
  const { id: orderId, shipmentId } = await w.shipped(tenant);
  const { app } = w.rest.api;
  await app.flows.updateShipment({ shipmentId, status: 'DELIVERED', detail: null }, w.ctx());
  await w.settle(orderId);
  const { rows } = await app.pool.query<{ id: string }>(
    'SELECT id FROM order_lines WHERE order_id = $1 AND stocked ORDER BY position LIMIT 1',
    [orderId],
  );
  return { orderId, lineId: rows[0]?.id as string };
}

type Stage = 'requested' | 'approved' | 'received' | 'inspected' | 'settled';

/** A return as far as a row needs it. */
async function returned(w: GridWorld, tenant: Tenant, stage: Stage): Promise<Situation & { readonly returnId: string }> {
  const order = await delivered(w, tenant);
  const { returns } = w.rest.api.app.flows;
  const lines = [{ lineId: order.lineId, quantity: 1, reason: 'damaged' as const }];
  const wish = { orderId: order.orderId, lines, wants: 'refund', label: false, approve: stage !== 'requested' } as const;
  const { id: returnId } = await returns.request(wish, w.ctx());
  if (stage === 'requested' || stage === 'approved') return { ...order, returnId };
  await returns.receive({ returnId, nodeId: w.rest[tenant].nodeId }, w.ctx());
  if (stage === 'received') return { ...order, returnId };
  await returns.inspect({ returnId, lines: [{ lineId: order.lineId, quantity: 1, verdict: 'accept' }] }, w.ctx());
  if (stage === 'inspected') return { ...order, returnId };
  await returns.settle({ returnId }, w.ctx());
  await w.settle(order.orderId);
  return { ...order, returnId };
}

const JPEG = '/9j/4AABAgM=';
const TERMS = {
  windowDays: 30,
  sendWithinDays: 14,
  restockingBps: 0,
  labelPayer: 'merchant',
  labelFeeMinor: 0,
  destination: 'choice',
  exchanges: true,
  autoApprove: false,
  finalSale: [],
};

/** A console row: by whoever may, about a return in a stage. */
const about =
  (name: 'approve' | 'decline' | 'cancel' | 'settle' | 'addPhoto', stage: Stage, input: object, other: object): Row =>
  async (w, tenant) => {
    const { returnId } = await returned(w, tenant, stage);
    return { caller: await w.callerOf(tenant, `returns.${name}`), input: { returnId, ...input }, other: { returnId, ...other } };
  };
/** The same over REST. */
const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });
const rest =
  (verb: string, stage: Stage, input: Record<string, unknown>, other: Record<string, unknown>): Row =>
  async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/returns/${(await returned(w, tenant, stage)).returnId}/${verb}`,
    input,
    other,
  });

export const RETURN_ROWS: Readonly<Record<string, Row>> = {
  'returns.request': async (w, tenant) => {
    const { orderId, lineId } = await delivered(w, tenant);
    const input = { orderId, lines: [{ lineId, quantity: 1, reason: 'damaged' }], label: false };
    return { caller: await w.callerOf(tenant, 'returns.request'), input, other: { ...input, note: 'Broken' } };
  },
  'returns.addPhoto': about(
    'addPhoto',
    'requested',
    { contentType: 'image/jpeg', data: JPEG },
    { contentType: 'image/png', data: JPEG },
  ),
  'returns.approve': about('approve', 'requested', { label: false }, { label: true }),
  'returns.decline': about('decline', 'requested', { reason: 'Worn' }, { reason: 'Late' }),
  'returns.cancel': about('cancel', 'approved', {}, { reason: 'Kept' }),
  'returns.receive': async (w, tenant) => {
    const { returnId } = await returned(w, tenant, 'approved');
    const input = { returnId, nodeId: w.rest[tenant].nodeId };
    return { caller: await w.callerOf(tenant, 'returns.receive'), input, other: { ...input, note: 'Wet' } };
  },
  'returns.inspect': async (w, tenant) => {
    const { returnId, lineId } = await returned(w, tenant, 'received');
    const lines = (verdict: string) => [{ lineId, quantity: 1, verdict }];
    const caller = await w.callerOf(tenant, 'returns.inspect');
    return { caller, input: { returnId, lines: lines('accept') }, other: { returnId, lines: lines('reject') } };
  },
  'returns.settle': about('settle', 'inspected', {}, { resolution: 'store_credit' }),
  'returns.close': async (w, tenant) => {
    const { returnId } = await returned(w, tenant, 'settled');
    return { caller: await w.callerOf(tenant, 'returns.close'), input: { returnId }, other: null };
  },
  'returns.savePolicy': async (w, tenant) => {
    const merchantId = w.rest[tenant].id;
    const { rows } = await w.rest.api.app.pool.query<{ version: number }>(
      'SELECT COALESCE(max(version), 0)::int AS version FROM return_policies WHERE merchant_id = $1',
      [merchantId],
    );
    const input = { merchantId, ...TERMS, seenVersion: rows[0]?.version ?? 0 };
    return { caller: await w.callerOf(tenant, 'returns.savePolicy'), input, other: { ...input, windowDays: 20 } };
  },
  'v1.returns.request': async (w, tenant) => {
    const { orderId, lineId } = await delivered(w, tenant);
    const input = { lines: [{ line_id: lineId, quantity: 1, reason: 'damaged' }], label: false };
    return { caller: by(w, tenant), path: `/orders/${orderId}/returns`, input, other: { ...input, note: 'Broken' } };
  },
  'v1.returns.approve': rest('approve', 'requested', { label: false }, { label: true }),
  'v1.returns.decline': rest('decline', 'requested', { reason: 'Worn' }, { reason: 'Late' }),
  'v1.returns.addPhoto': rest(
    'photos',
    'requested',
    { content_type: 'image/jpeg', data: JPEG },
    { content_type: 'image/png', data: JPEG },
  ),
  'v1.returns.cancel': rest('cancel', 'approved', {}, { reason: 'Kept' }),
  'v1.returns.close': async (w, tenant) => {
    const { returnId } = await returned(w, tenant, 'settled');
    return { caller: by(w, tenant), path: `/returns/${returnId}/close`, input: {}, other: null };
  },
  'v1.returns.receive': rest('receive', 'approved', { node: 'MAIN' }, { node: 'MAIN', note: 'Wet' }),
  'v1.returns.inspect': async (w, tenant) => {
    const { returnId, lineId } = await returned(w, tenant, 'received');
    const lines = (verdict: string) => [{ line_id: lineId, quantity: 1, verdict }];
    const path = `/returns/${returnId}/inspect`;
    return { caller: by(w, tenant), path, input: { lines: lines('accept') }, other: { lines: lines('reject') } };
  },
  'v1.returns.settle': rest('settle', 'inspected', {}, { resolution: 'store_credit' }),
};

export const RETURN_PREVIEWS: Readonly<Record<string, Row>> = {
  'returns.offer': async (w, tenant) => {
    const { orderId } = await delivered(w, tenant);
    return { caller: await w.callerOf(tenant, 'returns.offer'), input: { orderId }, other: null };
  },
  'v1.returns.previewSettle': rest('settle/preview', 'inspected', {}, {}),
  'returns.previewSettle': async (w, tenant) => {
    const { returnId } = await returned(w, tenant, 'inspected');
    return { caller: await w.callerOf(tenant, 'returns.previewSettle'), input: { returnId }, other: null };
  },
};
