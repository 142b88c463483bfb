import { newId } from '../../../kernel/ids.ts';
import type { PaymentWebhook } from '../provider.ts';
import type { Check, Delivery, GatewayWorld } from './conformance.ts';

/** What a gateway's webhooks have to be: believed where they are the provider's own and untouched, and nowhere else. */
const TRIES = 200;
const PAUSE_MS = 25;
const HOUR_MS = 3_600_000;

/** An authorization's own delivery, as it arrived. */
async function delivered(w: GatewayWorld): Promise<{ delivery: Delivery; ref: string; operationId: string; orderId: string }> {
  const before = w.deliveries().length;
  const operationId = newId();
  const orderId = newId();
  const outcome = await w.provider.authorize({
    operationId,
    orderId,
    paymentId: newId(),
    amountMinor: 4_200n,
    currency: 'EUR',
    token: w.tokens.accepted,
    returnUrl: 'http://shop.test/done',
  });
  if (outcome.kind !== 'succeeded' && outcome.kind !== 'pending') throw new Error(`The authorization was ${outcome.kind}`);
  if (outcome.kind === 'pending') await w.comes?.(outcome.providerRef);
  for (let tries = 0; tries < TRIES; tries++) {
    const own = w
      .deliveries()
      .slice(before)
      .find(({ body }) => body.includes(outcome.providerRef));
    if (own) return { delivery: own, ref: outcome.providerRef, operationId, orderId };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('No webhook came');
}

/** What the adapter makes of a delivery; null where it refuses it. */
function read(w: GatewayWorld, { body, headers }: Delivery, now = new Date()): readonly PaymentWebhook[] | null {
  try {
    return w.provider.verifyWebhook(body, headers, now);
  } catch {
    return null;
  }
}

const indented = ({ body, headers }: Delivery): Delivery => ({ body: JSON.stringify(JSON.parse(body), null, 2), headers });

export const WEBHOOK_CHECKS: Readonly<Record<string, Check>> = {
  'a webhook says which payment it is of, and nothing that it does not have to': async (w) => {
    const { delivery, ref, operationId } = await delivered(w);
    const [news, ...more] = read(w, delivery) ?? [];
    if (!news || more.length > 0) return `it was read as ${more.length + (news ? 1 : 0)} events`;
    if (news.paymentRef !== ref) return `it was read as of ${news.paymentRef}`;
    if (news.operationId !== operationId) return `it names the attempt ${news.operationId}`;
    return news.id && news.topic ? null : 'it has no name of its own';
  },
  'a webhook that anybody else signed is refused': async (w) => {
    const { delivery } = await delivered(w);
    if (read(w, w.forged(delivery))) return 'a forged one was believed';
    return read(w, { ...delivery, headers: {} }) ? 'one that did not know us was believed' : null;
  },
  'a webhook of which a part is missing or changed is refused': async (w) => {
    const { delivery } = await delivered(w);
    const { body, headers } = delivery;
    if (read(w, { body: body.slice(0, -2), headers })) return 'a truncated one was believed';
    if (read(w, { body: '', headers })) return 'an empty one was believed';
    if (read(w, { body: body.replaceAll('4200', '4201'), headers })) return 'another amount was believed';
    return read(w, { body: body.replaceAll(/"eur"/gi, '"USD"'), headers }) ? 'another currency was believed' : null;
  },
  'a webhook that was written anew is refused, or is the same event': async (w) => {
    const { delivery } = await delivered(w);
    const anew = read(w, indented(delivery));
    if (w.signs === 'bytes') return anew ? 'one with other bytes was believed' : null;
    const [first] = read(w, delivery) ?? [];
    return anew?.[0]?.id === first?.id ? null : 'the same values were read as another event';
  },
  'a webhook that comes again is the same event, and an old one is refused where its time is signed': async (w) => {
    const { delivery } = await delivered(w);
    const [first] = read(w, delivery) ?? [];
    const [second] = read(w, delivery) ?? [];
    if (!first || first.id !== second?.id) return 'a repeat was read as another event';
    const late = read(w, delivery, new Date(Date.now() + HOUR_MS));
    return w.signs === 'bytes' && late ? 'one of an hour ago was believed' : null;
  },
  'a webhook for another merchant is refused': async (w) => {
    const { delivery } = await delivered(w);
    return read(w, w.rerouted(delivery)) ? 'it was believed' : null;
  },
};
