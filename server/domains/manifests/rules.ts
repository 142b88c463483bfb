import type { ManifestStatus } from '../../kernel/vocabulary.ts';

/** A day's parcels of one carrier at one node. */
export interface Manifest {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly carrier: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly traceId: string;
  status: ManifestStatus;
  carrierRef: string | null;
  error: string | null;
  /** The carrier may know of it: it is asked before anything is sent again. */
  asked: boolean;
  attempt: number;
  nextAt: Date | null;
  version: bigint;
  closedAt: Date | null;
  handedOverAt: Date | null;
}

export interface ManifestParcel {
  readonly manifestId: string;
  readonly parcelId: string;
  readonly shipmentId: string;
  readonly boxId: string | null;
  readonly orderId: string;
  readonly trackingNumber: string;
  readonly carrierRef: string;
  status: 'listed' | 'handed_over' | 'left_behind';
}

/** More parcels than one lorry calls for, and few enough to lock their orders together. */
export const MAX_PARCELS = 500;

/** What to do next with a manifest that is being closed: send it, or ask what became of it; null where nothing is to be done now. */
export function nextCall(manifest: Pick<Manifest, 'status' | 'asked' | 'nextAt'>, now: Date): 'send' | 'ask' | null {
  if (manifest.status !== 'closing' || manifest.nextAt === null || manifest.nextAt > now) return null;
  return manifest.asked ? 'ask' : 'send';
}
