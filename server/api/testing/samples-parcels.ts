import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';
import { DISPUTE_SAMPLES } from './samples-disputes.ts';
import { EDIT_SAMPLES } from './samples-edits.ts';
import { POLICY_SAMPLES } from './samples-policies.ts';
import { RETURN_SAMPLES } from './samples-returns.ts';

const NIL = '00000000-0000-7000-8000-000000000000';

/** Parcels, and the manifests that they are on. */
export const PARCEL_SAMPLES = {
  ...RETURN_SAMPLES,
  ...DISPUTE_SAMPLES,
  ...POLICY_SAMPLES,
  ...EDIT_SAMPLES,
  'shipments.packing': {
    input: (world) => ({ orderId: world.orders[1], nodeId: world.nodes[1] }),
    foreign: [(world) => ({ orderId: world.orders[0], nodeId: world.nodes[0] })],
  },
  'parcels.exceptions': { input: () => ({}) },
  'manifests.list': { input: () => ({}) },
  'manifests.get': { input: () => ({ number: 'M-NONE' }), foreign: [() => ({ number: 'EU-M501' })] },
  'manifests.nodes': {},
  'parcels.previewVoid': {
    input: () => ({ shipmentId: NIL, mode: 'relabel' }),
    foreign: [(world) => ({ shipmentId: world.shipment, mode: 'relabel' })],
  },
  'parcels.voidLabel': {
    input: () => ({ shipmentId: NIL, mode: 'relabel', reason: 'Torn' }),
    foreign: [(world) => ({ shipmentId: world.shipment, mode: 'relabel', reason: 'Torn' })],
  },
  'parcels.fileClaim': {
    input: () => ({ shipmentId: NIL, kind: 'lost' }),
    foreign: [(world) => ({ shipmentId: world.shipment, kind: 'lost' })],
  },
  'parcels.receiveReturn': {
    input: (world) => ({ shipmentId: NIL, nodeId: world.nodes[1] }),
    foreign: [(world) => ({ shipmentId: world.shipment, nodeId: world.nodes[1] })],
  },
  'parcels.settle': {
    input: () => ({ shipmentId: NIL, reason: 'Found' }),
    foreign: [(world) => ({ shipmentId: world.shipment, reason: 'Found' })],
  },
  'manifests.close': {
    input: (world) => ({ nodeId: world.nodes[1] }),
    foreign: [(world) => ({ nodeId: world.nodes[0] })],
  },
  'manifests.handOver': {
    input: () => ({ manifestId: NIL }),
    foreign: [(world) => ({ manifestId: world.northManifest })],
  },
  'manifests.setHandOver': {
    input: (world) => ({ nodeId: world.nodes[1], handOver: 'at_once' }),
    foreign: [(world) => ({ nodeId: world.nodes[0], handOver: 'at_once' })],
  },
} as const satisfies Partial<Record<ProcedurePath, Sample>>;
