import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startPspSimulator } from '../../../simulators/psp/server.ts';
import { createStripeProvider } from '../stripe.ts';
import type { Delivery, GatewayWorld } from './conformance.ts';

/** Where a gateway's webhooks arrive in a test. */
interface Mailbox {
  readonly url: string;
  readonly deliveries: Delivery[];
  close(): Promise<void>;
}

async function openMailbox(): Promise<Mailbox> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, deliveries, close };
}

/** Tells a simulator's control listener something. */
async function steer(controlUrl: string, path: string, body: unknown = {}): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(`${controlUrl}/_sim/${path}`, init);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
}

const STRIPE_SECRETS = { secretKey: 'sk_test_conformance', webhookSecret: 'whsec_conformance' };

/** Stripe's protocol, with an account that takes one authorization in several parts, or in one. */
export async function stripeWorld(multicapture: boolean): Promise<GatewayWorld> {
  const mailbox = await openMailbox();
  const psp = await startPspSimulator({ port: 0, ...STRIPE_SECRETS, multicapture, webhookUrl: mailbox.url });
  const config = { url: psp.url, ...STRIPE_SECRETS, multicapture, timeoutMs: 1_000, searchLagMs: 0 };
  const provider = createStripeProvider(config);
  const signedBy = (secret: string, { body }: Delivery): Delivery => ({
    body,
    headers: { 'stripe-signature': new Stripe('sk_test_x').webhooks.generateTestHeaderString({ payload: body, secret }) },
  });
  return {
    provider,
    signs: 'bytes',
    tokens: {
      accepted: 'pm_card_visa',
      declined: [
        ['pm_card_chargeDeclined', 'generic_decline'],
        ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
      ],
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
    breaks: (when) => psp.switches.set({ [when === 'before' ? 'drop_before' : 'drop_reply']: { next: 1 } }),
    down: (is) => psp.switches.set({ down: is }),
    lapses: (ref) => steer(psp.controlUrl, `payments/${ref}/lapse`),
    async answers(url, answer) {
      const secret = new URL(url).searchParams.get('secret') ?? '';
      await fetch(url, { method: 'POST', body: new URLSearchParams({ secret, answer }), redirect: 'manual' });
    },
    effects: (ref) => (psp.state.logByIntent.get(ref) ?? []).map((entry) => entry.kind),
    authorizations: () => psp.state.log.filter((entry) => entry.kind === 'authorization').length,
    deliveries: () => mailbox.deliveries,
    forged: (delivery) => signedBy('whsec_somebody_else', delivery),
    // Each merchant's endpoint has a secret of its own: what is signed for another is signed with another.
    rerouted: (delivery) => signedBy('whsec_another_merchant', delivery),
    async close() {
      provider.close();
      await Promise.all([psp.close(), mailbox.close()]);
    },
  };
}
