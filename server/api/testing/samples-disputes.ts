import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';
const PDF = Buffer.from('%PDF-1.4').toString('base64');

type DisputePath = Extract<ProcedurePath, `disputes.${string}`> | 'orders.redirectRefund';

/** Disputes: North's is of its order's payment; and where a part of a refund goes. */
export const DISPUTE_SAMPLES: Readonly<Record<DisputePath, Sample>> = {
  'disputes.list': { input: () => ({}) },
  'disputes.ofOrder': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'disputes.get': { input: () => ({ number: 'D-NONE' }), foreign: [() => ({ number: 'EU-D501' })] },
  'disputes.file': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northDispute })] },
  'disputes.saveEvidence': {
    input: () => ({ disputeId: NIL, evidence: {} }),
    foreign: [(world) => ({ disputeId: world.northDispute, evidence: { statement: 'It arrived' } })],
  },
  'disputes.addFile': {
    input: () => ({ disputeId: NIL, kind: 'receipt', contentType: 'application/pdf', data: PDF }),
    foreign: [(world) => ({ disputeId: world.northDispute, kind: 'receipt', contentType: 'application/pdf', data: PDF })],
  },
  'disputes.submit': {
    input: () => ({ disputeId: NIL }),
    foreign: [(world) => ({ disputeId: world.northDispute, evidence: { statement: 'It arrived' } })],
  },
  'disputes.accept': {
    input: () => ({ disputeId: NIL, reason: 'Lost' }),
    foreign: [(world) => ({ disputeId: world.northDispute, reason: 'Lost' })],
  },
  'orders.redirectRefund': {
    input: (world) => ({ orderId: world.orders[1], refundId: NIL, legId: NIL, to: 'original' }),
    foreign: [(world) => ({ orderId: world.orders[0], refundId: NIL, legId: NIL, to: 'original' })],
  },
};
