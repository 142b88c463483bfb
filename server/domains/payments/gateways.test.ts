import { expect, test } from 'vitest';
import { createPaymentProviders, GATEWAYS, type PaymentProvider } from './provider.ts';
import { findBreaches, type GatewayWorld } from './testing/conformance.ts';
import { adyenWorld, debitWorld, handWorld, stripeWorld } from './testing/gateway-worlds.ts';

const WORLDS: readonly (readonly [string, () => Promise<GatewayWorld>])[] = [
  ['Stripe’s protocol, captured in parts', () => stripeWorld(true)],
  ['Stripe’s protocol, captured once', () => stripeWorld(false)],
  ['Adyen’s Checkout API', adyenWorld],
  ['Direct debits in Stripe’s protocol', debitWorld],
  ['Transfers that people record', () => handWorld('manual')],
  ['Cash on delivery', () => handWorld('cash_on_delivery')],
];

test.each(WORLDS)('%s does what every gateway does', async (_name, open) => {
  expect(await findBreaches(open)).toEqual([]);
});

test('the registry names every gateway as it names itself, and makes those that are configured', () => {
  for (const [name, gateway] of Object.entries(GATEWAYS)) expect(gateway.name).toBe(name);
  expect([...createPaymentProviders({}).keys()]).toEqual([]);
});

/** A gateway like Stripe's, spoilt in one thing. */
const spoilt = (change: (provider: PaymentProvider) => Partial<PaymentProvider>) => async (): Promise<GatewayWorld> => {
  const w = await stripeWorld(true);
  const own = w.provider;
  const bound = Object.fromEntries(
    (
      [
        'authorize',
        'charge',
        'increment',
        'capture',
        'void',
        'refund',
        'query',
        'disputes',
        'report',
        'verifyWebhook',
        'close',
      ] as const
    ).map((name) => [name, (own[name] as (...args: unknown[]) => unknown).bind(own)]),
  );
  const { name, source, doubt, multicapture, increments } = own;
  const provider = {
    name,
    source,
    doubt,
    multicapture,
    increments,
    healthy: () => true,
    ...bound,
    ...change(own),
  } as PaymentProvider;
  return { ...w, provider };
};

let last = 0;
const anyId = (): string => `00000000-0000-7000-8000-${String(++last).padStart(12, '0')}`;

test.each<[string, string, (provider: PaymentProvider) => Partial<PaymentProvider>]>([
  [
    'a key of its own for each call',
    'happens once',
    (own) => ({ refund: (input, signal) => own.refund({ ...input, operationId: anyId() }, signal) }),
  ],
  [
    'a lost answer taken for a no',
    'in doubt',
    (own) => ({
      capture: async (input, signal) => {
        const outcome = await own.capture(input, signal);
        return outcome.kind === 'unknown' ? { kind: 'failed', code: 'no_answer', message: '', response: {} } : outcome;
      },
    }),
  ],
  [
    'a decline that says that no bank was asked',
    'a decline is final',
    (own) => ({
      authorize: async (input, signal) => {
        const outcome = await own.authorize(input, signal);
        return outcome.kind === 'failed' ? { ...outcome, notTried: true } : outcome;
      },
    }),
  ],
  [
    'webhooks that are believed unread',
    'webhook',
    () => ({
      verifyWebhook: (body) => {
        const event = JSON.parse(String(body)) as { id: string; type: string; data: { object: { id: string } } };
        const none = { refundRef: null, orderId: null, paymentId: null, operationId: null, payload: {} };
        return [{ id: event.id, topic: event.type, occurredAt: new Date(), paymentRef: event.data.object.id, ...none }];
      },
    }),
  ],
  [
    'amounts in another unit',
    'amounts',
    (own) => ({
      authorize: async (input, signal) => {
        const outcome = await own.authorize(input, signal);
        return outcome.kind === 'succeeded' ? { ...outcome, amountMinor: outcome.amountMinor * 100n } : outcome;
      },
    }),
  ],
  [
    'a lapse that looks like a decline',
    'lapsed',
    (own) => ({
      capture: async (input, signal) => {
        const outcome = await own.capture(input, signal);
        return outcome.kind === 'failed' ? { ...outcome, code: 'declined' } : outcome;
      },
    }),
  ],
])('the suite sees %s', async (_name, check, change) => {
  const breaches = await findBreaches(spoilt(change), (name) => name.includes(check));
  expect(breaches.join('\n')).toContain(check);
});

test('the suite sees a debit that is said to have come when it was sent', async () => {
  const open = async (): Promise<GatewayWorld> => {
    const w = await debitWorld();
    const { provider } = w;
    const authorize: PaymentProvider['authorize'] = async (input, signal) => {
      const outcome = await provider.authorize(input, signal);
      if (outcome.kind !== 'pending') return outcome;
      return { ...outcome, kind: 'succeeded', amountMinor: input.amountMinor, feeMinor: 0n };
    };
    return { ...w, provider: Object.assign(Object.create(provider), { authorize }) };
  };
  expect(await findBreaches(open, (name) => name.startsWith('a debit'))).not.toEqual([]);
});

test('the suite sees a gateway that says by itself what only a person can', async () => {
  const open = async (): Promise<GatewayWorld> => {
    const w = await handWorld('manual');
    const refund: PaymentProvider['refund'] = async ({ operationId, amountMinor }) => ({
      ...{ kind: 'succeeded', providerRef: operationId, amountMinor, feeMinor: 0n, response: {} },
    });
    return { ...w, provider: Object.assign(Object.create(w.provider), { refund }) };
  };
  expect(await findBreaches(open)).toEqual([expect.stringContaining('a refund that nobody paid out')]);
});

test('registry and methods: each method is some gateway’s', () => {
  const taken = Object.values(GATEWAYS).flatMap(({ methods }) => methods);
  expect([...taken].sort()).toEqual(['bank_debit', 'bank_transfer', 'card', 'card', 'cash_on_delivery']);
});
