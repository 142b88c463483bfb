import type {
  FulfilmentPartner,
  NodeKind,
  PartnerOutcome,
  PartnerRequest,
  PartnerSnapshot,
  WebhookHeaders,
} from '../provider.ts';

/** A message as it came in. */
export interface RawMessage {
  readonly body: Buffer;
  readonly headers: WebhookHeaders;
}

/** A partner's world for one check: the adapter connected to it, and hands that make it do things. */
export interface PartnerWorld {
  readonly partner: FulfilmentPartner;
  /** What it says to requests from now on; `silent` says nothing. */
  answers(as: 'accept' | 'partial' | 'reject' | 'silent'): Promise<void>;
  /** Sends what was accepted, in so many parcels. */
  ships(reference: string, parcels: number): Promise<void>;
  /** The next call ends without an answer: before anything happened, or after it did. */
  breaks(when: 'before' | 'after'): Promise<void>;
  /** How many requests it has under a reference. */
  taken(reference: string): number;
  /** Resolves with the first message it sends about a reference. */
  message(reference: string): Promise<RawMessage>;
  close(): Promise<void>;
}

type Check = (w: PartnerWorld) => Promise<string | null>;

const asked = (reference: string): PartnerRequest => ({
  reference,
  orderNumber: 'EU-10001',
  lines: [
    { lineId: `${reference}-a`, sku: 'MUG', quantity: 3 },
    { lineId: `${reference}-b`, sku: 'TEE', quantity: 1 },
  ],
  shipTo: { name: 'Ada', line1: '2 High Street', city: 'York', postalCode: 'YO1 2BB', country: 'GB' },
});
const UNITS = 4;

let made = 0;
const newReference = (): string => `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}`;

const snapshotOf = (outcome: PartnerOutcome): PartnerSnapshot | null => (outcome.kind === 'succeeded' ? outcome.snapshot : null);
const acceptedOf = (snapshot: PartnerSnapshot | null): number =>
  (snapshot?.lines ?? []).reduce((sum, line) => sum + (line.accepted ?? 0), 0);
const sentOf = (snapshot: PartnerSnapshot | null): number =>
  (snapshot?.parcels ?? []).flatMap((parcel) => parcel.lines).reduce((sum, line) => sum + line.quantity, 0);
const said = (outcome: unknown): string => JSON.stringify(outcome);

async function ask(w: PartnerWorld, as: 'accept' | 'partial' | 'reject' | 'silent'): Promise<[string, PartnerSnapshot | null]> {
  await w.answers(as);
  const reference = newReference();
  await w.partner.request(asked(reference));
  return [reference, snapshotOf(await w.partner.query({ reference }))];
}

/** What every partner has to do, each as a sentence of what it did instead. */
const CHECKS: Readonly<Record<string, Check>> = {
  'a request is taken once, however often it is sent': async (w) => {
    const reference = newReference();
    const first = await w.partner.request(asked(reference));
    const second = await w.partner.request(asked(reference));
    const taken = w.taken(reference);
    if (taken !== 1) return `it was taken ${taken} times`;
    return snapshotOf(first)?.partnerRef === snapshotOf(second)?.partnerRef
      ? null
      : `answered ${said(first)}, then ${said(second)}`;
  },
  'a yes says how much of each line': async (w) => {
    const [, snapshot] = await ask(w, 'accept');
    return snapshot?.status === 'accepted' && acceptedOf(snapshot) === UNITS ? null : said(snapshot);
  },
  'a part of a request can be accepted': async (w) => {
    const [, snapshot] = await ask(w, 'partial');
    const accepted = acceptedOf(snapshot);
    return snapshot?.status === 'accepted' && accepted > 0 && accepted < UNITS ? null : said(snapshot);
  },
  'a no is a no': async (w) => {
    const [, snapshot] = await ask(w, 'reject');
    return snapshot?.status === 'rejected' && acceptedOf(snapshot) === 0 ? null : said(snapshot);
  },
  'silence is not taken for an answer': async (w) => {
    const [, snapshot] = await ask(w, 'silent');
    return snapshot?.status === 'received' && snapshot.lines.every((line) => line.accepted === null) ? null : said(snapshot);
  },
  'every accepted unit leaves in one parcel, with a tracking number': async (w) => {
    const [reference] = await ask(w, 'accept');
    await w.ships(reference, 2);
    const snapshot = snapshotOf(await w.partner.query({ reference }));
    if (snapshot?.status !== 'shipped' || snapshot.parcels.length !== 2) return said(snapshot);
    if (sentOf(snapshot) !== UNITS) return `${sentOf(snapshot)} units left, ${UNITS} were accepted`;
    return snapshot.parcels.every((parcel) => parcel.trackingNumber) ? null : 'a parcel has no tracking number';
  },
  'a request can be taken back until it has left, twice over': async (w) => {
    const [reference] = await ask(w, 'accept');
    const attemptId = `${reference}:cancel`;
    for (const outcome of [await w.partner.cancel({ reference, attemptId }), await w.partner.cancel({ reference, attemptId })])
      if (snapshotOf(outcome)?.status !== 'cancelled') return said(outcome);
    return null;
  },
  'what has left is not taken back': async (w) => {
    const [reference] = await ask(w, 'accept');
    await w.ships(reference, 1);
    const snapshot = snapshotOf(await w.partner.cancel({ reference, attemptId: `${reference}:cancel` }));
    return snapshot?.status === 'shipped' && sentOf(snapshot) === UNITS ? null : said(snapshot);
  },
  'nobody has heard of what was never sent': async (w) => {
    const [query, cancel] = [
      await w.partner.query({ reference: newReference() }),
      await w.partner.cancel({ reference: newReference(), attemptId: newReference() }),
    ];
    return query.kind === 'not_found' && cancel.kind === 'not_found' ? null : said({ query, cancel });
  },
  'a call without an answer is unknown, and asking finds out': async (w) => {
    await w.answers('accept');
    for (const when of ['before', 'after'] as const) {
      await w.breaks(when);
      const reference = newReference();
      const outcome = await w.partner.request(asked(reference));
      if (outcome.kind !== 'unknown') return `broken ${when} it happened: ${said(outcome)}`;
      const found = await w.partner.query({ reference });
      if (found.kind !== (when === 'before' ? 'not_found' : 'succeeded')) return `asked after a break ${when}: ${said(found)}`;
    }
    return null;
  },
  'a message names the request, and only a genuine one is believed': async (w) => {
    const [reference] = await ask(w, 'accept');
    const { body, headers } = await w.message(reference);
    const heard = w.partner.verifyWebhook(body, headers);
    if (heard.reference !== reference) return `it names ${heard.reference}`;
    const changed = Buffer.from(body.toString('utf8').replace(reference, newReference()));
    const late = new Date(Date.now() + 600_000);
    if (isBelieved(() => w.partner.verifyWebhook(changed, headers))) return 'a changed message is believed';
    return isBelieved(() => w.partner.verifyWebhook(body, headers, late)) ? 'a message of ten minutes ago is believed' : null;
  },
};

function isBelieved(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}

/** What a kind says of itself has to fit together: the flows rest on it. */
function traitBreaches({ traits, connect }: NodeKind): string[] {
  const { name, picksHere, shipsHere, collectHere, stock, partner } = traits;
  const rules: readonly [boolean, string][] = [
    [/^[a-z][a-z_]{0,39}$/.test(name), 'its name is not a word of the database'],
    [shipsHere !== (partner !== null), 'its units leave by us or by a partner, and by one of them only'],
    [picksHere === shipsHere, 'whoever ships there picks there'],
    [!collectHere || picksHere, 'nobody is there to hand an order over'],
    [stock === 'own' || partner !== null, 'goods that are nobody’s'],
    [(partner !== null) === (connect !== undefined), 'a partner who cannot be reached, or a way to nobody'],
    [
      partner === null || (partner.answersWithinMs > 0 && partner.shipsWithinMs > 0 && partner.pollMs > 0),
      'a limit that is over at once',
    ],
    [partner === null || partner.pollMs < partner.answersWithinMs, 'its time is over before it is asked'],
  ];
  return rules.flatMap(([holds, sentence]) => (holds ? [] : [`traits: ${sentence}`]));
}

/**
 * What is wrong with a kind of node, as sentences; none where the flows may rely on it. `bringUp` makes a partner's world for each check and
 * is needed where the kind has one.
 */
export async function findBreaches(kind: NodeKind, bringUp?: () => Promise<PartnerWorld>): Promise<string[]> {
  const breaches = traitBreaches(kind);
  if (!kind.connect) return breaches;
  if (!bringUp) return [...breaches, 'it has a partner, and nobody brought it up'];
  for (const [name, check] of Object.entries(CHECKS)) {
    const w = await bringUp();
    try {
      const instead = await check(w);
      if (instead !== null) breaches.push(`${name}: ${instead}`);
    } catch (error) {
      breaches.push(`${name}: ${error}`);
    } finally {
      await w.close();
    }
  }
  return breaches;
}
