import { z } from 'zod';
import { json, type SimRequest } from '../http.ts';
import { readJson } from '../keyed-simulator.ts';
import { refuse, type Written } from '../keyed-writes.ts';
import type { Faults } from '../switches.ts';
import { type CarrierRecord, type CarrierState, newCarrierId, type SimClaim, type SimManifest } from './state.ts';

/** The carrier's office: manifests of parcels that are called for, and claims for what was lost or damaged. */
const manifestInput = z.object({
  client_reference: z.string().min(1),
  number: z.string().min(1),
  parcels: z.array(z.string()).min(1).max(5_000),
});
const claimInput = z.object({
  client_reference: z.string().min(1),
  parcel: z.string().min(1),
  kind: z.enum(['lost', 'damaged']),
  amount: z.int().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/),
  note: z.string().nullable().default(null),
});

type Logged = (kind: 'manifest' | 'claim', ref: string, shipmentId: string, key: string | null) => CarrierRecord;

export function createManifest(
  state: CarrierState,
  request: SimRequest,
  faults: Faults,
  key: string | null,
  logged: Logged,
): Written<CarrierRecord> {
  const parsed = manifestInput.safeParse(readJson(request.body));
  if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
  if (faults.decline !== undefined)
    return { reply: refuse(422, 'depot_closed', 'Nobody calls at that address today.'), records: [] };
  // A parcel that was left behind is on a later manifest once more.
  const wrong = parsed.data.parcels.find((id) => state.parcels.get(id)?.status !== 'created');
  if (wrong !== undefined)
    return { reply: refuse(422, 'parcel_refused', `${wrong} is no parcel that waits to be called for.`), records: [] };
  const manifest: SimManifest = { ...parsed.data, id: newCarrierId('man'), created_at: state.clock.now() };
  return {
    reply: json(200, manifestShape(manifest)),
    records: [['manifest', manifest], logged('manifest', manifest.id, manifest.number, key)],
  };
}

export function fileClaim(
  state: CarrierState,
  request: SimRequest,
  faults: Faults,
  key: string | null,
  logged: Logged,
): Written<CarrierRecord> {
  const parsed = claimInput.safeParse(readJson(request.body));
  if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
  const parcel = state.parcels.get(parsed.data.parcel);
  if (parcel === undefined) return { reply: refuse(404, 'not_found', 'There is no such parcel.'), records: [] };
  if (faults.decline !== undefined)
    return { reply: refuse(422, 'not_insured', 'This parcel was sent without insurance.'), records: [] };
  const now = state.clock.now();
  const claim: SimClaim = { ...parsed.data, id: newCarrierId('clm'), status: 'filed', created_at: now, updated_at: now };
  return {
    reply: json(200, claimShape(claim)),
    records: [['claim', claim], logged('claim', claim.id, parcel.shipment_id, key)],
  };
}

export const manifestShape = ({ id, client_reference, number, parcels }: SimManifest) => ({
  id,
  client_reference,
  number,
  parcels,
});

export const claimShape = ({ id, client_reference, parcel, kind, status, amount, currency, note }: SimClaim) => ({
  id,
  client_reference,
  parcel,
  kind,
  status,
  amount,
  currency,
  note,
});
