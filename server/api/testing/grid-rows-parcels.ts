import { newId } from '../../kernel/ids.ts';
import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

/** Parcels before they are handed over, lost ones, and manifests. */
interface Labelled {
  readonly shipmentId: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly orderId: string;
}

/** A labelled parcel at a node of its own, whose parcels are called for with a manifest. */
async function labelled(w: GridWorld, tenant: Tenant): Promise<Labelled> {
  const { api, [tenant]: merchant } = w.rest;
  const order = await w.allocated(tenant);
  const { shipments } = await api.app.flows.shipOrder({ orderId: order.id }, w.ctx());
  const shipmentId = shipments[0]?.id ?? '';
  const nodeId = newId();
  const nodeCode = `M-${nodeId.slice(-12)}`;
  await api.app.pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at, hand_over)
     VALUES ($1, $2, 'EU', $3, $3, 'warehouse', 99, now(), 'by_manifest')`,
    [nodeId, merchant.id, nodeCode],
  );
  await api.app.pool.query('UPDATE shipments SET node_id = $2 WHERE id = $1', [shipmentId, nodeId]);
  await w.settle(order.id);
  return { shipmentId, nodeId, nodeCode, orderId: order.id };
}

/** A manifest that the carrier has, with one parcel that is paid. */
async function closed(w: GridWorld, tenant: Tenant): Promise<{ readonly id: string; readonly number: string }> {
  const { nodeId, orderId } = await labelled(w, tenant);
  const { flows } = w.rest.api.app;
  const manifest = await flows.parcels.closeManifest({ nodeId, carrier: 'parcel' }, w.ctx());
  await flows.parcels.advanceManifest(manifest.id);
  await w.settle(orderId);
  return manifest;
}

async function lost(w: GridWorld, tenant: Tenant): Promise<string> {
  const { shipmentId } = await w.shipped(tenant);
  await w.rest.api.app.flows.updateShipment({ shipmentId, status: 'LOST', detail: null }, w.ctx());
  return shipmentId;
}

const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });

export const PARCEL_ROWS: Readonly<Record<string, Row>> = {
  'parcels.voidLabel': async (w, tenant) => {
    const { shipmentId } = await labelled(w, tenant);
    const input = { shipmentId, mode: 'relabel', reason: 'Torn' };
    return { caller: await w.callerOf(tenant, 'parcels.voidLabel'), input, other: { ...input, reason: 'Torn again' } };
  },
  'parcels.fileClaim': async (w, tenant) => {
    const input = { shipmentId: await lost(w, tenant), kind: 'lost' };
    return { caller: await w.callerOf(tenant, 'parcels.fileClaim'), input, other: { ...input, amountMinor: 100 } };
  },
  'parcels.receiveReturn': async (w, tenant) => {
    const { shipmentId } = await w.shipped(tenant);
    const input = { shipmentId, nodeId: w.rest[tenant].nodeId };
    return { caller: await w.callerOf(tenant, 'parcels.receiveReturn'), input, other: { ...input, note: 'Wet' } };
  },
  'parcels.settle': async (w, tenant) => {
    const input = { shipmentId: await lost(w, tenant), reason: 'Found' };
    return { caller: await w.callerOf(tenant, 'parcels.settle'), input, other: { ...input, reason: 'Given up' } };
  },
  'manifests.close': async (w, tenant) => {
    const { nodeId } = await labelled(w, tenant);
    return { caller: await w.callerOf(tenant, 'manifests.close'), input: { nodeId }, other: { nodeId, carrier: 'other' } };
  },
  'manifests.handOver': async (w, tenant) => {
    const { id: manifestId } = await closed(w, tenant);
    const caller = await w.callerOf(tenant, 'manifests.handOver');
    return { caller, input: { manifestId }, other: { manifestId, finish: true } };
  },
  'manifests.setHandOver': async (w, tenant) => {
    const { nodeId } = await labelled(w, tenant);
    const caller = await w.callerOf(tenant, 'manifests.setHandOver');
    return { caller, input: { nodeId, handOver: 'at_once' }, other: { nodeId, handOver: 'by_manifest' } };
  },
  'v1.parcels.voidLabel': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/shipments/${(await labelled(w, tenant)).shipmentId}/labels/void`,
    input: { mode: 'relabel', reason: 'Torn' },
    other: { mode: 'relabel', reason: 'Torn again' },
  }),
  'v1.parcels.fileClaim': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/shipments/${await lost(w, tenant)}/claims`,
    input: { kind: 'lost' },
    other: { kind: 'lost', amount_minor: 100 },
  }),
  'v1.parcels.receiveReturn': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/shipments/${(await w.shipped(tenant)).shipmentId}/received-back`,
    input: { node: 'MAIN' },
    other: { node: 'MAIN', note: 'Wet' },
  }),
  'v1.parcels.settle': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/shipments/${await lost(w, tenant)}/settle`,
    input: { reason: 'Found' },
    other: { reason: 'Given up' },
  }),
  'v1.manifests.create': async (w, tenant) => {
    const { nodeCode: node } = await labelled(w, tenant);
    return { caller: by(w, tenant), path: '/manifests', input: { node }, other: { node, carrier: 'other' } };
  },
  'v1.manifests.handOver': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/manifests/${(await closed(w, tenant)).number}/hand-over`,
    input: {},
    other: { finish: true },
  }),
};

const asked = async (caller: Deed['caller'] | Promise<Deed['caller']>, input: Deed['input'], path?: string): Promise<Deed> => ({
  caller: await caller,
  input,
  other: null,
  ...(path === undefined ? {} : { path }),
});

export const PARCEL_PREVIEWS: Readonly<Record<string, Row>> = {
  'parcels.previewVoid': async (w, tenant) => {
    const { shipmentId } = await labelled(w, tenant);
    return asked(w.callerOf(tenant, 'parcels.previewVoid'), { shipmentId, mode: 'relabel' });
  },
  'v1.parcels.previewVoid': async (w, tenant) =>
    asked(by(w, tenant), { mode: 'relabel' }, `/shipments/${(await labelled(w, tenant)).shipmentId}/labels/void/preview`),
};
