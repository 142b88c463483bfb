import type { ClaimKind, ClaimStatus, ShipmentStatus } from '../../kernel/vocabulary.ts';

/** What a carrier owes for a parcel that it lost or damaged. */
export interface Claim {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly shipmentId: string;
  readonly boxId: string | null;
  readonly parcelId: string;
  readonly carrier: string;
  readonly kind: ClaimKind;
  readonly currency: string;
  readonly openedBy: string;
  readonly openedAt: Date;
  status: ClaimStatus;
  amountMinor: bigint;
  acceptedMinor: bigint | null;
  paidMinor: bigint;
  carrierRef: string | null;
  answer: string | null;
  note: string | null;
  filedAt: Date | null;
  answeredAt: Date | null;
  paidAt: Date | null;
  version: bigint;
}

export type ClaimVerdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };
const no = (why: string): ClaimVerdict => ({ allowed: false, why });

const LEFT: readonly ShipmentStatus[] = [
  'SHIPPED',
  'IN_TRANSIT',
  'EXCEPTION',
  'LOST',
  'DAMAGED',
  'RETURNING',
  'RETURNED',
  'DELIVERED',
];

/** May a parcel be claimed? Lost is what has not arrived; damaged may be seen at the door, too. */
export function mayClaim(
  parcel: { readonly status: ShipmentStatus; readonly carrierRef: string | null },
  kind: ClaimKind,
  live: Pick<Claim, 'number' | 'status'> | undefined,
): ClaimVerdict {
  if (live) return no(`Claim ${live.number} is made for this parcel already.`);
  if (!LEFT.includes(parcel.status) || parcel.carrierRef === null) return no('The carrier never had this parcel.');
  if (kind === 'lost' && (parcel.status === 'DELIVERED' || parcel.status === 'RETURNED'))
    return no('This parcel arrived: it is not lost.');
  return { allowed: true };
}

const FINALITY: Readonly<Record<ClaimStatus, number>> = { open: 0, filed: 1, accepted: 2, rejected: 2, paid: 3 };

/**
 * Whether an answer says more than is known. Answers come late, twice and out of order: of yes and no the later counts, and money that came
 * is not talked away.
 */
export function answers(
  said: { readonly status: ClaimStatus; readonly at: Date },
  known: { readonly status: ClaimStatus; readonly at: Date | null },
): boolean {
  const finality = FINALITY[said.status] - FINALITY[known.status];
  if (finality !== 0) return finality > 0;
  if (said.status === known.status) return false;
  const later = said.at.getTime() - (known.at?.getTime() ?? 0);
  return later === 0 ? said.status === 'accepted' : later > 0;
}
