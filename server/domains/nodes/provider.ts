import { dropShipper } from './kinds/drop-shipper.ts';
import { retailStore } from './kinds/retail-store.ts';
import { thirdParty } from './kinds/third-party.ts';
import { warehouse } from './kinds/warehouse.ts';
import type { PartnerApiConfig } from './partner-api.ts';

/**
 * The seam to whoever keeps goods. A kind of node says what can be done there; one that somebody else runs is asked for every parcel, outside
 * any transaction and under the request's id, and an answer that did not come is UNKNOWN until they have been asked.
 */
export interface NodeTraits {
  /** As nodes name it. */
  readonly name: string;
  /** Its orders stand in our warehouse queue: somebody of ours goes to the shelf. */
  readonly picksHere: boolean;
  /** We buy the label and hand the parcel over. */
  readonly shipsHere: boolean;
  /** A customer may fetch the order there. */
  readonly collectHere: boolean;
  /** Whose goods the counters speak of: ours lying there, or the partner's own. */
  readonly stock: 'own' | 'partner';
  /** Set where somebody else is asked to send the goods. */
  readonly partner: PartnerTerms | null;
}

/** How long a partner may take. */
export interface PartnerTerms {
  /** To say yes or no. Past it the request is taken back and its units are looked for elsewhere. */
  readonly answersWithinMs: number;
  /** To send what they said yes to. */
  readonly shipsWithinMs: number;
  /** How often they are asked, should their messages not come. */
  readonly pollMs: number;
}

export interface NodeKind {
  readonly traits: NodeTraits;
  /** How its partner is reached; present exactly where there is one. */
  readonly connect?: (config: PartnerApiConfig) => FulfilmentPartner;
}

export interface PartnerRequest {
  /** Our request's id: their name for it, and the idempotency key. */
  readonly reference: string;
  readonly orderNumber: string;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  readonly shipTo: Readonly<Record<string, string>>;
}

/** A parcel they sent. */
export interface PartnerParcel {
  readonly ref: string;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly status: 'shipped' | 'in_transit' | 'delivered' | 'exception';
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** A request as the partner has it now: whole, so that what was missed or came in another order does not matter. */
export interface PartnerSnapshot {
  readonly partnerRef: string;
  /** `received`: no answer yet. `shipped`: all that was accepted has left. */
  readonly status: 'received' | 'accepted' | 'rejected' | 'shipped' | 'cancelled';
  readonly reason: string | null;
  /** How much of each line they will send; null while they have not said. */
  readonly lines: readonly { readonly lineId: string; readonly accepted: number | null }[];
  readonly parcels: readonly PartnerParcel[];
}

export type PartnerOutcome =
  | { readonly kind: 'succeeded'; readonly snapshot: PartnerSnapshot }
  /** They said no, definitely. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** They have never heard of it. */
  | { readonly kind: 'not_found' }
  /** Sent, and no usable answer: only `query` resolves it. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Definitely nothing happened; the same may be sent again later. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** That something changed. What it is now is asked for; only a parcel's tracking is taken from the message itself. */
export interface PartnerWebhook {
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly reference: string;
  readonly parcel: { readonly ref: string; readonly status: PartnerParcel['status'] } | null;
}

export interface FulfilmentPartner {
  request(input: PartnerRequest, signal?: AbortSignal): Promise<PartnerOutcome>;
  /** Takes back what has not left. The answer says what has. */
  cancel(input: { readonly reference: string; readonly attemptId: string }, signal?: AbortSignal): Promise<PartnerOutcome>;
  /** Asks what became of a request without changing anything. */
  query(input: { readonly reference: string }, signal?: AbortSignal): Promise<PartnerOutcome>;
  /** Throws `unauthenticated` where the signature is wrong or the time is more than five minutes away from `now`. */
  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now?: Date): PartnerWebhook;
  close(): void;
}

/** Every kind there is. A new one is a file in kinds/ and a line here. */
const ALL: readonly NodeKind[] = [warehouse, retailStore, thirdParty, dropShipper];

/** The kinds by name. */
export const NODE_KINDS: ReadonlyMap<string, NodeKind> = new Map(ALL.map((kind) => [kind.traits.name, kind]));

/** What can be done at nodes of a kind. A name that nobody has is a bug, or a newer version's. */
export function traitsOf(kind: string): NodeTraits {
  const found = NODE_KINDS.get(kind);
  if (!found) throw new Error(`No kind of node is called ${kind}`);
  return found.traits;
}

/** Names of the kinds with a trait, for whoever asks the database. */
export function kindsThat(trait: (traits: NodeTraits) => boolean): readonly string[] {
  return ALL.flatMap(({ traits }) => (trait(traits) ? [traits.name] : []));
}

/** The partners that are configured, by the kind of their nodes. */
export function createPartners(
  configs: Readonly<Record<string, PartnerApiConfig | undefined>>,
): ReadonlyMap<string, FulfilmentPartner> {
  return new Map(
    [...NODE_KINDS].flatMap(([name, kind]) => {
      const config = configs[name];
      return kind.connect && config ? [[name, kind.connect(config)] as const] : [];
    }),
  );
}
