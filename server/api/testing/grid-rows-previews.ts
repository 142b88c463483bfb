import { newId } from '../../kernel/ids.ts';
import { giftCard } from './grid-rows-tenders.ts';
import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

const asked = async (caller: Deed['caller'] | Promise<Deed['caller']>, input: Deed['input'], path?: string): Promise<Deed> => ({
  caller: await caller,
  input,
  other: null,
  ...(path === undefined ? {} : { path }),
});
const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });

/** What shows what would be done, and does nothing. */
export const PREVIEW_ROWS: Readonly<Record<string, Row>> = {
  'v1.giftCards.lookUp': async (w, tenant) =>
    asked(by(w, tenant), { code: (await giftCard(w, tenant)).code }, '/gift-cards/lookup'),
  'giftCards.lookUp': async (w, tenant) =>
    asked(w.callerOf(tenant, 'giftCards.lookUp'), { merchantId: w.rest[tenant].id, code: (await giftCard(w, tenant)).code }),
  'v1.orders.previewCancel': async (w, tenant) =>
    asked(by(w, tenant), { reason: 'other' }, `/orders/${(await w.allocated(tenant)).id}/cancel/preview`),
  'v1.refunds.preview': async (w, tenant) =>
    asked(by(w, tenant), { kind: 'units', reason: 'late' }, `/orders/${(await w.shipped(tenant)).id}/refunds/preview`),
  'v1.shipments.preview': async (w, tenant) =>
    asked(by(w, tenant), {}, `/orders/${(await w.allocated(tenant)).id}/shipments/preview`),
  'orders.previewCancel': async (w, tenant) =>
    asked(w.callerOf(tenant, 'orders.previewCancel'), { orderId: (await w.allocated(tenant)).id, reason: 'other' }),
  'orders.previewRefund': async (w, tenant) =>
    asked(w.callerOf(tenant, 'orders.previewRefund'), { orderId: (await w.shipped(tenant)).id, kind: 'units', reason: 'late' }),
  'orders.previewReship': async (w, tenant) => {
    const { id: orderId, shipmentId } = await w.shipped(tenant);
    return asked(w.callerOf(tenant, 'orders.previewReship'), { orderId, shipmentId, reason: 'lost' });
  },
  'routing.previewReroute': async (w, tenant) =>
    asked(w.callerOf(tenant, 'routing.previewReroute'), {
      orderId: (await w.allocated(tenant)).id,
      nodeId: w.rest[tenant].nodeId,
      reason: 'shortage',
    }),
  'orders.previewShip': async (w, tenant) =>
    asked(w.callerOf(tenant, 'orders.previewShip'), { orderId: (await w.allocated(tenant)).id }),
  'mails.previewMessage': async (w, tenant) =>
    asked(w.callerOf(tenant, 'mails.previewMessage'), { orderId: (await w.place(tenant)).id, subject: 'Hello', body: 'A word' }),
  'stockFiles.preview': async (w, tenant) =>
    asked(w.callerOf(tenant, 'stockFiles.preview'), {
      kind: 'levels',
      merchantId: w.rest[tenant].id,
      csv: 'sku,node,bin\nMUG-RED,MAIN,Z-99\n',
    }),
  'products.importPreview': async (w, tenant) =>
    asked(w.callerOf(tenant, 'products.importPreview'), {
      merchantId: w.rest[tenant].id,
      csv: `sku,name,price\nP-${newId()},Nine,9\n`,
    }),
};
