import { setTimeout as sleep } from 'node:timers/promises';
import { customerOf, pick, type Random } from './people.ts';
import type { ShopClient } from './shop-client.ts';

/** One customer's visit to the shop, from the shelf to the end: through the same doors as everybody else's. */
export interface Visit {
  readonly shop: ShopClient;
  /** The payment provider, where card fields are turned into tokens. */
  readonly pspUrl: string;
  readonly publishableKey: string;
  readonly random: Random;
  /** Products that are left alone. */
  readonly scarce: readonly string[];
}

export type Ending = 'paid' | 'declined' | 'abandoned' | 'nothing';

/** How customers pay, in percent: mostly well. */
const CARDS: readonly (readonly [share: number, number: string, then?: 'confirm' | 'refuse' | 'leave'])[] = [
  [70, '4242424242424242'],
  [12, '5555555555554444'],
  [6, '4000000000003220', 'confirm'],
  [1, '4000000000003220', 'refuse'],
  [1, '4000000000003220', 'leave'],
  [4, '4000000000000002'],
  [3, '4000000000009995'],
  [2, '4000000000000127'],
  [1, '4000000000005001'],
];
/** Of those who are declined so many take another card. */
const TRIES_AGAIN = 0.7;
const DECIDED_WITHIN_MS = 40_000;
const LOOK_MS = 500;

type Card = (typeof CARDS)[number];
const GOOD: Card = [100, '4242424242424242'];

function cardOf(random: Random): Card {
  let left = random() * 100;
  for (const card of CARDS) {
    left -= card[0];
    if (left < 0) return card;
  }
  return GOOD;
}

async function tokenOf({ pspUrl, publishableKey }: Visit, number: string): Promise<string> {
  const card = { 'card[number]': number, 'card[exp_month]': '12', 'card[exp_year]': '34', 'card[cvc]': '123' };
  const reply = await fetch(`${pspUrl}/v1/payment_methods`, {
    method: 'POST',
    headers: { authorization: `Bearer ${publishableKey}` },
    body: new URLSearchParams({ type: 'card', ...card }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!reply.ok) throw new Error(`The payment provider answered ${reply.status} to the card fields.`);
  return ((await reply.json()) as { id: string }).id;
}

/** Fills a cart at one shop, checks out and pays. */
export async function buy(visit: Visit): Promise<Ending> {
  const { shop, random } = visit;
  const { products } = await shop.front();
  const offered = products.filter((product) => product.available > 0 && !visit.scarce.includes(product.handle));
  if (offered.length === 0) return 'nothing';
  const merchant = pick(random, offered).merchant;
  const shelf = offered.filter((product) => product.merchant === merchant);
  const wanted = 1 + Math.floor(random() * random() * 3);
  const lines = new Map<string, number>();
  for (let i = 0; i < wanted; i++) lines.set(pick(random, shelf).handle, random() < 0.85 ? 1 : 2);
  const { token } = await shop.open({
    lines: [...lines].map(([handle, quantity]) => ({ handle, quantity })),
    locale: merchant === 'nordlicht' ? 'de' : 'en',
  });
  const customer = customerOf(merchant, random);
  const page = await shop.update({
    token,
    customer: { email: customer.email, name: customer.name },
    shipTo: { name: customer.name, ...customer.shipTo },
  });
  if (!page.quote?.options.length) return 'nothing';
  const option = random() < 0.8 ? page.quote.options[0] : pick(random, page.quote.options);
  if (option && option.code !== page.option) await shop.update({ token, option: option.code });
  const first = await payWith(visit, token, cardOf(random));
  if (first !== 'declined' || random() > TRIES_AGAIN) return first;
  return payWith(visit, token, GOOD);
}

async function payWith(visit: Visit, token: string, [, number, then]: Card): Promise<Ending> {
  const { shop } = visit;
  const page = await shop.get(token);
  const option = page.quote?.options.find((candidate) => candidate.code === page.option);
  if (!page.quote || !option) return 'nothing';
  const paymentToken = await tokenOf(visit, number);
  await shop.pay({ token, quoteId: page.quote.id, option: option.code, totalMinor: option.orderTotalMinor, paymentToken });
  let answered = false;
  for (const by = Date.now() + DECIDED_WITHIN_MS; Date.now() < by; await sleep(LOOK_MS)) {
    const now = await shop.get(token);
    if (now.state === 'paid') return 'paid';
    if (now.state === 'open') return 'declined';
    const challenge = now.attempt?.challengeUrl;
    if (!challenge || answered) continue;
    if (then === 'leave') return 'abandoned';
    await sleep(1_000 + visit.random() * 3_000);
    await answerChallenge(challenge, then !== 'refuse');
    answered = true;
  }
  return 'abandoned';
}

/** Presses a button of the bank's page. */
async function answerChallenge(url: string, complete: boolean): Promise<void> {
  const secret = new URL(url).searchParams.get('secret') ?? '';
  const body = new URLSearchParams({ secret, answer: complete ? 'complete' : 'fail' });
  await fetch(url, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
}
