import { describe, expect, test } from 'vitest';
import { connectChannel } from './channel-api.ts';
import { CHANNEL_KINDS, type ChannelKind, type ChannelPort, kindOf, type StockOutcome } from './provider.ts';
import { findBreaches } from './testing/conformance.ts';
import { marketWorld } from './testing/market-world.ts';

/** A kind that nobody has: a fair that takes two listings at a time, and is asked each hour. */
const planted: ChannelKind = {
  traits: { name: 'county_fair', channel: 'marketplace', itemsPerMessage: 2, reportEveryMs: 3_600_000 },
  connect: (config) => connectChannel('county fair', config),
};

describe.each([...CHANNEL_KINDS.values(), planted].map((kind) => [kind.traits.name, kind] as const))('%s', (_name, kind) => {
  test('does what every kind of channel does', async () => {
    expect(await findBreaches(kind, () => marketWorld(kind))).toEqual([]);
  });
});

test('the registry knows a kind by the name that connections have, and no other', () => {
  for (const [name, kind] of CHANNEL_KINDS) expect(kindOf(name)).toBe(kind);
  expect(() => kindOf('county_fair')).toThrow(/No kind of channel/);
});

describe('the suite sees', () => {
  const { traits } = planted;
  test.each<[string, Partial<Record<keyof ChannelKind['traits'], unknown>>]>([
    ['not a word of the database', { name: 'County fair!' }],
    ['that no order can name', { channel: 'county_fair' }],
    ['a door of our own', { channel: 'shop' }],
    ['names nothing', { itemsPerMessage: 0 }],
    ['asked never', { reportEveryMs: Number.POSITIVE_INFINITY }],
  ])('traits that do not fit together: %s', async (sentence, change) => {
    const kind = { ...planted, traits: { ...traits, ...change } as ChannelKind['traits'] };
    expect((await findBreaches(kind, () => marketWorld(planted))).join('\n')).toContain(sentence);
  });

  const changed = (change: (port: ChannelPort) => Partial<ChannelPort>) => (port: ChannelPort) =>
    ({
      sendStock: (message, signal) => port.sendStock(message, signal),
      fetchReport: (connectionId, signal) => port.fetchReport(connectionId, signal),
      verifyWebhook: (body, headers, now) => port.verifyWebhook(body, headers, now),
      close: () => port.close(),
      ...change(port),
    }) satisfies ChannelPort;
  const answering = (turn: (outcome: StockOutcome) => StockOutcome) => (port: ChannelPort) => ({
    sendStock: async (message: Parameters<ChannelPort['sendStock']>[0]) => turn(await port.sendStock(message)),
  });
  let ids = 0;

  test.each<[string, (port: ChannelPort) => Partial<ChannelPort>]>([
    [
      'a call without an answer is unknown',
      // A guess where nobody knows.
      answering((outcome) => (outcome.kind === 'unknown' ? { kind: 'unreachable', reason: outcome.reason } : outcome)),
    ],
    [
      'nothing older replaces',
      answering((outcome) =>
        outcome.kind === 'succeeded'
          ? { ...outcome, items: new Map([...outcome.items].map(([ref]) => [ref, 'applied'])) }
          : outcome,
      ),
    ],
    [
      'a no to a whole message',
      answering((outcome) => (outcome.kind === 'failed' ? { kind: 'unknown', reason: 'Who knows?' } : outcome)),
    ],
    [
      'a message is taken once',
      (port) => ({
        sendStock: (message) => port.sendStock({ ...message, id: `10000000-0000-7000-8000-${String(++ids).padStart(12, '0')}` }),
      }),
    ],
    [
      'has not come as an order',
      (port) => ({
        fetchReport: async (connectionId) => {
          const report = await port.fetchReport(connectionId);
          return report.kind === 'report'
            ? { ...report, listings: report.listings.map((each) => ({ ...each, sold: 0 })) }
            : report;
        },
      }),
    ],
    [
      'only a genuine one is believed',
      () => ({
        verifyWebhook: (body) => {
          const { type, data } = JSON.parse(String(body));
          const listings = data.listings.map((each: { listing_id: string }) => ({ ...each, ref: each.listing_id }));
          return { id: 'any', topic: type, occurredAt: new Date(), connectionId: data.connection, listings };
        },
      }),
    ],
  ])('a planted fault: %s', async (name, change) => {
    const breaches = await findBreaches(planted, () => marketWorld(planted, changed(change)));
    expect(breaches.filter((breach) => breach.includes(name))).toHaveLength(1);
  });
});
