import { describe, expect, test } from 'vitest';
import { connectPartner } from './partner-api.ts';
import { type FulfilmentPartner, kindsThat, NODE_KINDS, type NodeKind, traitsOf } from './provider.ts';
import { findBreaches } from './testing/conformance.ts';
import { partnerWorld } from './testing/partner-world.ts';

/** A kind that nobody has: a supplier who keeps their own goods with us in mind. */
const planted: NodeKind = {
  traits: {
    name: 'consignment',
    picksHere: false,
    shipsHere: false,
    collectHere: false,
    stock: 'partner',
    partner: { answersWithinMs: 60_000, shipsWithinMs: 60_000, pollMs: 1_000 },
  },
  connect: (config) => connectPartner('consignee', config),
};
/** A kind without a partner: lockers that customers open. */
const lockers: NodeKind = {
  traits: { name: 'lockers', picksHere: true, shipsHere: true, collectHere: true, stock: 'own', partner: null },
};

describe.each([...NODE_KINDS.values(), planted, lockers].map((kind) => [kind.traits.name, kind] as const))(
  '%s',
  (_name, kind) => {
    test('does what every kind of node does', async () => {
      expect(await findBreaches(kind, () => partnerWorld(kind))).toEqual([]);
    });
  },
);

test('the registry knows a kind by the name that nodes have, and no other', () => {
  for (const [name, kind] of NODE_KINDS) expect(kind.traits.name).toBe(name);
  expect(() => traitsOf('consignment')).toThrow(/No kind of node/);
  expect(kindsThat((traits) => traits.collectHere)).toEqual(['store']);
});

describe('the suite sees', () => {
  const { traits } = planted;
  test.each<[string, NodeKind]>([
    [
      'leave by us or by a partner',
      { ...lockers, traits: { ...lockers.traits, shipsHere: false, picksHere: false, collectHere: false } },
    ],
    ['nobody is there to hand', { ...planted, traits: { ...traits, collectHere: true } }],
    ['not a word of the database', { ...lockers, traits: { ...lockers.traits, name: 'Lockers!' } }],
    ['goods that are nobody’s', { ...lockers, traits: { ...lockers.traits, stock: 'partner' } }],
    ['who cannot be reached', { traits }],
    [
      'over before it is asked',
      { ...planted, traits: { ...traits, partner: { answersWithinMs: 5, shipsWithinMs: 5, pollMs: 9 } } },
    ],
  ])('traits that do not fit together: %s', async (sentence, kind) => {
    expect((await findBreaches(kind, () => partnerWorld(planted))).join('\n')).toContain(sentence);
  });

  const changed = (change: (partner: FulfilmentPartner) => Partial<FulfilmentPartner>) => (partner: FulfilmentPartner) =>
    ({
      request: (input, signal) => partner.request(input, signal),
      cancel: (input, signal) => partner.cancel(input, signal),
      query: (input, signal) => partner.query(input, signal),
      verifyWebhook: (body, headers, now) => partner.verifyWebhook(body, headers, now),
      close: () => partner.close(),
      ...change(partner),
    }) satisfies FulfilmentPartner;

  test.each<[string, (partner: FulfilmentPartner) => Partial<FulfilmentPartner>]>([
    [
      'a call without an answer is unknown',
      (partner) => ({
        // A guess where nobody knows.
        request: async (input) => {
          const outcome = await partner.request(input);
          return outcome.kind === 'unknown' ? { kind: 'unreachable', reason: outcome.reason } : outcome;
        },
      }),
    ],
    [
      'silence is not taken for an answer',
      (partner) => ({
        query: async (input) => {
          const outcome = await partner.query(input);
          if (outcome.kind !== 'succeeded' || outcome.snapshot.status !== 'received') return outcome;
          return { ...outcome, snapshot: { ...outcome.snapshot, status: 'accepted' } };
        },
      }),
    ],
    [
      'every accepted unit leaves in one parcel',
      (partner) => ({
        query: async (input) => {
          const outcome = await partner.query(input);
          if (outcome.kind !== 'succeeded') return outcome;
          return { ...outcome, snapshot: { ...outcome.snapshot, parcels: outcome.snapshot.parcels.slice(1) } };
        },
      }),
    ],
    [
      'what has left is not taken back',
      (partner) => ({
        cancel: async (input) => {
          const outcome = await partner.cancel(input);
          if (outcome.kind !== 'succeeded') return outcome;
          return { ...outcome, snapshot: { ...outcome.snapshot, status: 'cancelled', parcels: [] } };
        },
      }),
    ],
    [
      'only a genuine one is believed',
      () => ({
        verifyWebhook: (body) => {
          const { type, data } = JSON.parse(String(body));
          return { id: 'any', topic: type, occurredAt: new Date(), reference: data.reference, parcel: null };
        },
      }),
    ],
    [
      'a request is taken once',
      (partner) => ({
        request: (input) =>
          partner.request({ ...input, reference: `${input.reference.slice(0, 30)}${Math.random().toFixed(4).slice(2)}aa` }),
      }),
    ],
    [
      'nobody has heard of what was never sent',
      (partner) => ({
        query: async (input) => {
          const outcome = await partner.query(input);
          return outcome.kind === 'not_found' ? { kind: 'failed', code: 'not_found', message: 'No.' } : outcome;
        },
      }),
    ],
  ])('a planted fault: %s', async (name, change) => {
    const breaches = await findBreaches(planted, () => partnerWorld(planted, changed(change)));
    expect(breaches.filter((breach) => breach.includes(name))).toHaveLength(1);
  });
});
