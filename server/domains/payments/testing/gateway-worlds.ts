import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startAdyenSimulator } from '../../../simulators/adyen/server.ts';
import { startPspSimulator } from '../../../simulators/psp/server.ts';
import { createAdyenProvider } from '../adyen.ts';
import { createBankDebitProvider } from '../bank-debit.ts';
import { CARD_TRAITS, DEBIT_TRAITS } from '../gateway-traits.ts';
import { GATEWAYS, type JsonObject } from '../provider.ts';
import { createStripeProvider } from '../stripe.ts';
import type { Delivery, GatewayWorld } from './conformance.ts';

/** Where a gateway's webhooks arrive in a test. */
interface Mailbox {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** What browsers came back with. */
  readonly returned: readonly Readonly<Record<string, string>>[];
  close(): Promise<void>;
}

async function openMailbox(): Promise<Mailbox> {
  const deliveries: Delivery[] = [];
  const returned: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      const { searchParams } = new URL(request.url ?? '', 'http://shop.test');
      returned.push(Object.fromEntries(searchParams));
      return response.writeHead(204).end();
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ body: Buffer.concat(chunks).toString('utf8'), headers: request.headers });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, deliveries, returned, close };
}

/** Tells a simulator's control listener something. */
async function steer(controlUrl: string, path: string, body: unknown = {}): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(`${controlUrl}/_sim/${path}`, init);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
}

const STRIPE_SECRETS = { secretKey: 'sk_test_conformance', webhookSecret: 'whsec_conformance' };

type PspSimulator = Awaited<ReturnType<typeof startPspSimulator>>;

/** What is the same for whatever is paid with at Stripe. */
function stripeHands(
  psp: PspSimulator,
  mailbox: Mailbox,
): Pick<GatewayWorld, 'signs' | 'breaks' | 'down' | 'effects' | 'authorizations' | 'deliveries' | 'forged' | 'rerouted'> {
  const signedBy = (secret: string, { body }: Delivery): Delivery => ({
    body,
    headers: { 'stripe-signature': new Stripe('sk_test_x').webhooks.generateTestHeaderString({ payload: body, secret }) },
  });
  return {
    signs: 'bytes',
    breaks: (when) => psp.switches.set({ [when === 'before' ? 'drop_before' : 'drop_reply']: { next: 1 } }),
    down: (is) => psp.switches.set({ down: is }),
    effects: (ref) => (psp.state.logByIntent.get(ref) ?? []).map((entry) => entry.kind),
    authorizations: () => psp.state.log.filter((entry) => entry.kind === 'authorization').length,
    deliveries: () => mailbox.deliveries,
    forged: (delivery) => signedBy('whsec_somebody_else', delivery),
    // Each merchant's endpoint has a secret of its own: what is signed for another is signed with another.
    rerouted: (delivery) => signedBy('whsec_another_merchant', delivery),
  };
}

/** Stripe's protocol, with an account that takes one authorization in several parts, or in one. */
export async function stripeWorld(multicapture: boolean): Promise<GatewayWorld> {
  const mailbox = await openMailbox();
  const psp = await startPspSimulator({ port: 0, ...STRIPE_SECRETS, multicapture, webhookUrl: mailbox.url });
  const config = { url: psp.url, ...STRIPE_SECRETS, multicapture, timeoutMs: 1_000, searchLagMs: 0 };
  const provider = createStripeProvider(config);
  return {
    provider,
    traits: CARD_TRAITS,
    tokens: {
      accepted: 'pm_card_visa',
      declined: [
        ['pm_card_chargeDeclined', 'generic_decline'],
        ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
      ],
      fixed: ['pm_card_incrementUnavailable', 'pm_card_incrementDeclined'],
      challenged: 'pm_card_threeDSecure2Required',
    },
    amounts: [
      ['JPY', 500n],
      ['GBP', 1_234n],
      ['KWD', 1_230n],
      ['ISK', 700n],
    ],
    refused: [
      ['KWD', 1_234n],
      ['IQD', 1_000n],
    ],
    lapses: (ref) => steer(psp.controlUrl, `payments/${ref}/lapse`),
    async answers(url, answer) {
      const secret = new URL(url).searchParams.get('secret') ?? '';
      await fetch(url, { method: 'POST', body: new URLSearchParams({ secret, answer }), redirect: 'manual' });
    },
    ...stripeHands(psp, mailbox),
    async close() {
      provider.close();
      await Promise.all([psp.close(), mailbox.close()]);
    },
  };
}

/** Debits in Stripe's protocol: a world like that of its cards, in which the bank speaks days later. */
export async function debitWorld(): Promise<GatewayWorld> {
  const mailbox = await openMailbox();
  const psp = await startPspSimulator({ port: 0, ...STRIPE_SECRETS, webhookUrl: mailbox.url });
  const provider = createBankDebitProvider({ url: psp.url, ...STRIPE_SECRETS, timeoutMs: 1_000, searchLagMs: 0 });
  return {
    provider,
    traits: DEBIT_TRAITS,
    tokens: {
      accepted: 'pm_sepaDebit_success',
      acceptedIn: (currency) => (currency === 'USD' ? 'pm_usBankAccount_success' : 'pm_sepaDebit_success'),
      declined: [
        ['pm_sepaDebit_insufficientFunds', 'insufficient_funds'],
        ['pm_sepaDebit_accountClosed', 'account_closed'],
      ],
    },
    amounts: [
      ['EUR', 1_234n],
      ['USD', 500n],
    ],
    refused: [['GBP', 1_000n]],
    async comes(ref) {
      const intent = psp.state.intents.get(ref);
      const { fails: code = null } = intent?.debit ?? {};
      if (intent?.status !== 'processing') return;
      await steer(psp.controlUrl, `payments/${ref}/debit`, code === null ? { end: 'succeed' } : { end: 'fail', code });
    },
    returns: (ref) => steer(psp.controlUrl, `payments/${ref}/debit`, { end: 'return' }),
    lapses: () => Promise.reject(new Error('Nothing is held.')),
    answers: () => Promise.reject(new Error('Nobody is asked.')),
    ...stripeHands(psp, mailbox),
    // Nothing is held before it has come.
    authorizations: () => psp.state.log.filter((entry) => entry.kind === 'capture').length,
    async close() {
      provider.close();
      await Promise.all([psp.close(), mailbox.close()]);
    },
  };
}

/** A gateway that asks nobody has no world: it is the adapter alone. */
export async function handWorld(name: 'manual' | 'cash_on_delivery'): Promise<GatewayWorld> {
  const { connect, traits } = GATEWAYS[name];
  const nobody = (): Promise<void> => Promise.reject(new Error('There is nobody else.'));
  const same = <T>(one: T): T => one;
  return {
    ...{ provider: connect({ on: true }, async () => []), traits, signs: 'bytes' },
    ...{ tokens: { accepted: '', declined: [] }, amounts: [], refused: [] },
    ...{ breaks: nobody, down: nobody, lapses: nobody, answers: nobody },
    ...{ effects: () => [], authorizations: () => 0, deliveries: () => [], forged: same, rerouted: same },
    close: async () => {},
  };
}

const ADYEN_ACCOUNT = {
  apiKey: 'adyen_test_conformance',
  merchantAccount: 'WaybillECOM',
  webhookUser: 'waybill',
  webhookPassword: 'notify_conformance',
};
const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';

/** Signs a notification's first item anew. */
function signedAnew({ body, headers }: Delivery, key: string, change: Record<string, unknown> = {}): Delivery {
  const said = JSON.parse(body) as { notificationItems: { NotificationRequestItem: Record<string, unknown> }[] };
  const item = { ...said.notificationItems[0]?.NotificationRequestItem, ...change };
  const amount = item.amount as { value: number; currency: string };
  const values = [item.pspReference, item.originalReference ?? '', item.merchantAccountCode, item.merchantReference];
  const signed = [...values, amount.value, amount.currency, item.eventCode, item.success].join(':');
  const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex')).update(signed).digest('base64');
  const notificationItems = [{ NotificationRequestItem: { ...item, additionalData: { hmacSignature } } }];
  return { body: JSON.stringify({ ...said, notificationItems }), headers };
}

/** Adyen's Checkout API. What it tells by itself is kept as the house keeps it: verified, and by the attempt that it names. */
export async function adyenWorld(): Promise<GatewayWorld> {
  const mailbox = await openMailbox();
  const sim = await startAdyenSimulator({ port: 0, ...ADYEN_ACCOUNT, webhookSecret: HMAC_KEY, webhookUrl: mailbox.url });
  const told = async (_source: string, operationId: string): Promise<JsonObject[]> => [
    ...mailbox.deliveries
      .flatMap(({ body, headers }) => provider.verifyWebhook(body, headers))
      .flatMap((news) => (news.operationId === operationId ? [news.payload] : []))
      .reverse(),
    ...mailbox.returned.filter(({ operation }) => operation === operationId),
  ];
  const config = { url: sim.url, ...ADYEN_ACCOUNT, hmacKey: HMAC_KEY, returnUrl: mailbox.url, timeoutMs: 1_000 };
  const provider = createAdyenProvider(config, told);
  return {
    provider,
    traits: CARD_TRAITS,
    signs: 'fields',
    tokens: {
      accepted: 'pm_card_visa',
      declined: [
        ['pm_card_chargeDeclined', 'generic_decline'],
        ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
      ],
      fixed: ['pm_card_incrementUnavailable', 'pm_card_incrementDeclined'],
      challenged: 'pm_card_threeDSecure2Required',
    },
    amounts: [
      ['JPY', 500n],
      ['GBP', 1_234n],
      ['KWD', 1_234n],
      ['ISK', 700n],
      ['IDR', 150_000n],
    ],
    refused: [
      ['IDR', 150_001n],
      ['CLF', 10_000n],
    ],
    breaks: (when) => sim.switches.set({ [when === 'before' ? 'drop_before' : 'drop_reply']: { next: 1 } }),
    down: (is) => sim.switches.set({ down: is }),
    lapses: (ref) => steer(sim.controlUrl, `payments/${ref}/lapse`),
    async answers(url, answer) {
      const secret = new URL(url).searchParams.get('secret') ?? '';
      await fetch(url, { method: 'POST', body: new URLSearchParams({ secret, answer }) });
    },
    effects: (ref) => (sim.state.logByPayment.get(ref) ?? []).map((entry) => entry.kind),
    authorizations: () => sim.state.log.filter((entry) => entry.kind === 'authorization').length,
    deliveries: () => mailbox.deliveries,
    forged: (delivery) => signedAnew(delivery, HMAC_KEY.replace('44', '45')),
    // One key may serve all accounts of a company: the account is part of what is signed, and it is not ours.
    rerouted: (delivery) => signedAnew(delivery, HMAC_KEY, { merchantAccountCode: 'AnotherECOM' }),
    async close() {
      provider.close();
      await Promise.all([sim.close(), mailbox.close()]);
    },
  };
}
