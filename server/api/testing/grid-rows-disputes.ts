import { newId } from '../../kernel/ids.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

const PDF = Buffer.from('%PDF-1.4').toString('base64');

/** A dispute that nothing was taken for yet, of an order that has left. */
async function disputed(w: GridWorld, tenant: Tenant): Promise<string> {
  const { id: orderId } = await w.shipped(tenant);
  await w.settle(orderId);
  const id = newId();
  await w.rest.db.ownerPool.query(
    `INSERT INTO disputes (id, number, home, merchant_id, order_id, payment_id, provider, provider_ref, status, reason, currency, amount_minor, taken_minor,
       fee_minor, fee_back_minor, set_off_minor, evidence, opened_at, said_at, version)
     SELECT $1::uuid, 'EU-D' || right($1::text, 12), 'EU', p.merchant_id, p.order_id, p.id, 'card', 'dp_' || $1::text, 'open', 'fraudulent', p.currency, 100, 0,
       0, 0, 0, '{}', now(), now(), 1 FROM payments p WHERE p.order_id = $2 LIMIT 1`,
    [id, orderId],
  );
  return id;
}

const about =
  (name: 'saveEvidence' | 'addFile' | 'submit' | 'accept', input: object, other: object): Row =>
  async (w, tenant) => {
    const disputeId = await disputed(w, tenant);
    const caller = await w.callerOf(tenant, `disputes.${name}`);
    return { caller, input: { disputeId, ...input }, other: { disputeId, ...other } };
  };
const rest =
  (verb: string, input: Record<string, unknown>, other: Record<string, unknown>): Row =>
  async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/disputes/${await disputed(w, tenant)}/${verb}`,
    input,
    other,
  });

/** A refund of which the card takes nothing. */
async function refused(w: GridWorld, tenant: Tenant): Promise<{ orderId: string; refundId: string; legId: string }> {
  const { id: orderId } = await w.shipped(tenant);
  const { app } = w.rest.api;
  const wish = { kind: 'amount', orderId, amountMinor: 100n, reason: 'late', undoable: true } as const;
  const { id: refundId } = await app.flows.refundOrder(wish, w.ctx());
  const { rows } = await w.rest.db.ownerPool.query<{ id: string }>(
    `UPDATE refund_legs SET failure = '{"code": "expired_card", "message": "Expired"}' WHERE refund_id = $1 RETURNING id`,
    [refundId],
  );
  return { orderId, refundId, legId: rows[0]?.id ?? '' };
}

const said = { evidence: { statement: 'It arrived' } };
const otherwise = { evidence: { statement: 'It was collected' } };
const file = { kind: 'receipt', contentType: 'application/pdf', data: PDF };

export const DISPUTE_ROWS: Readonly<Record<string, Row>> = {
  'orders.redirectRefund': async (w, tenant) => {
    const leg = await refused(w, tenant);
    const caller = await w.callerOf(tenant, 'orders.redirectRefund');
    return { caller, input: { ...leg, to: 'store_credit' }, other: { ...leg, to: 'original' } };
  },
  'v1.refunds.redirect': async (w, tenant) => {
    const { orderId, refundId, legId } = await refused(w, tenant);
    const path = `/orders/${orderId}/refunds/${refundId}/legs/${legId}/redirect`;
    return { caller: { key: w.rest[tenant].key }, path, input: { to: 'STORE_CREDIT' }, other: { to: 'ORIGINAL' } };
  },
  'disputes.saveEvidence': about('saveEvidence', said, otherwise),
  'disputes.addFile': about('addFile', file, { ...file, kind: 'other' }),
  'disputes.submit': about('submit', said, otherwise),
  'disputes.accept': about('accept', { reason: 'Lost' }, { reason: 'Too late' }),
  'v1.disputes.evidence': rest('evidence', said.evidence, otherwise.evidence),
  'v1.disputes.submit': rest('submit', said, otherwise),
  'v1.disputes.accept': rest('accept', { reason: 'Lost' }, { reason: 'Too late' }),
};
