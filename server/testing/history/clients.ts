import type { Answers, Operation, Outcome, RefundOf, Request, WantedUnits } from './history.ts';
import { sourceCode, walletCode } from './observations.ts';
import type { Door, Glance, Recorder } from './recorder.ts';

/**
 * Clients that all want the same few things at once: scarce units, the newest orders, four wallets. What each of them does next follows
 * from the seed; when it happens does not. Some requests are sent again under their key: at once by another door, or after the answer.
 */
export interface Crowd {
  readonly merchantId: string;
  readonly doors: readonly Door[];
  readonly clients: number;
  /** Of each client. */
  readonly steps: number;
  readonly seed: number;
  readonly recorder: Recorder;
  /** What was placed so far, by anybody. */
  readonly orders: Placed[];
  /** How often a request without an answer is sent again, if it is at all. */
  readonly patience: number;
}

/** What is sold in an order world, and its prices in millionths. */
export const PRICES = { MUG: 12_500_000, TEE: 19_990_000, BAG: 333_000 };
const SKUS = ['MUG', 'TEE', 'BAG'] as const satisfies (keyof typeof PRICES)[];
const NODES = ['N1', 'N2'] as const;
const WALLETS = [1, 2, 3, 4].map(walletCode);
const AGAIN_MS = 150;

type Step = Request['kind'] | 'look at order' | 'look at stock' | 'look at accounts';

/** Everybody is at the newest orders, whoever placed them; older ones are left in peace. */
const HOT_ORDERS = 12;

/** How often each step is taken, of a hundred. */
const CHANCES: Readonly<Record<Step, number>> = {
  place: 13,
  cancel: 9,
  ship: 17,
  refund: 19,
  adjust: 9,
  count: 6,
  transfer: 13,
  'look at order': 6,
  'look at stock': 5,
  'look at accounts': 3,
};

export type Placed = Answers['place'];
/** A number from 0 to below `n`. */
type Draw = (n: number) => number;

interface Client {
  readonly id: number;
  readonly draw: Draw;
  readonly crowd: Crowd;
  /** On hand as this client last saw it: what it expects when it counts. */
  readonly onHand: Map<string, number>;
}

export async function letClientsIn(crowd: Crowd): Promise<void> {
  const clients = Array.from({ length: crowd.clients }, async (_, index) => {
    const client = { id: index + 1, draw: numbers(crowd.seed * 1_000 + index), crowd, onHand: new Map<string, number>() };
    for (let step = 0; step < crowd.steps; step++) await take(client);
  });
  await Promise.all(clients);
}

/** Mulberry32: a small generator whose whole state is its seed. */
export function numbers(seed: number): Draw {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * n);
  };
}

const pick = <T>(draw: Draw, from: readonly [T, ...T[]] | readonly T[]): T => from[draw(from.length)] as T;

async function take(client: Client): Promise<void> {
  const { draw, crowd } = client;
  const step = stepOf(draw(100));
  const door = pick(draw, crowd.doors);
  const glance = glanceOf(step, client);
  if (glance) return look(glance, client, door);
  // Most people look at the record before they count.
  if (step === 'count' && draw(4) > 0) await look({ sku: pick(draw, SKUS) }, client, door);
  const request = requestOf(step, client);
  if (!request) return;
  const operation = crowd.recorder.plan(request);
  const outcome = await deliver(operation, client, door);
  if (outcome.is !== 'ok') return;
  if (request.kind === 'place') crowd.orders.push(outcome.answer as Placed);
  if (request.kind === 'adjust' || request.kind === 'count')
    remember(client.onHand, `node:${request.sku}@${request.node}`, (outcome.answer as Answers['count']).onHand);
}

/** What was seen last stands last: a count is of what the counter has just looked at. */
function remember(onHand: Map<string, number>, object: string, units: number): void {
  onHand.delete(object);
  onHand.set(object, units);
}

async function look(glance: Glance, { id, crowd, onHand }: Client, door: Door): Promise<void> {
  const sees = await crowd.recorder.look(glance, id, door);
  for (const { object, shows } of sees) if (typeof shows.onHand === 'number') remember(onHand, object, shows.onHand);
}

function stepOf(drawn: number): Step {
  let left = drawn;
  for (const [step, chance] of Object.entries(CHANCES) as [Step, number][]) {
    if (left < chance) return step;
    left -= chance;
  }
  return 'place';
}

/** Sends a request, in one case of five twice; one without an answer mostly again, as a careful client does. */
async function deliver(operation: Operation, { id, draw, crowd }: Client, door: Door): Promise<Outcome> {
  const { recorder, doors } = crowd;
  const again = draw(10);
  const other = pick(draw, doors);
  const patient = draw(4) > 0;
  const twin = again === 0 ? recorder.send(operation, id, other) : undefined;
  let outcome = await recorder.send(operation, id, door);
  const told = await twin;
  if (outcome.is === 'unknown' && told) outcome = told;
  if (again === 1) await recorder.send(operation, id, other);
  for (let tries = 0; outcome.is === 'unknown' && patient && tries < crowd.patience; tries++) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    outcome = await recorder.send(operation, id, pick(draw, doors));
  }
  return outcome;
}

function glanceOf(step: Step, { draw, crowd }: Client): Glance | null {
  if (step === 'look at accounts') return { accounts: WALLETS };
  if (step === 'look at stock') return { sku: pick(draw, SKUS) };
  const order = step === 'look at order' ? hot(draw, crowd) : undefined;
  return order ? { order: order.order } : null;
}

const hot = (draw: Draw, { orders }: Crowd): Placed | undefined => pick(draw, orders.slice(-HOT_ORDERS));

function requestOf(step: Step, client: Client): Request | null {
  const { draw, crowd } = client;
  switch (step) {
    case 'place': {
      const first = draw(SKUS.length);
      const skus = SKUS.filter((_, index) => index === first || draw(3) === 0);
      return {
        kind: 'place',
        lines: skus.map((sku) => ({ sku, quantity: 1 + draw(4), discountMinor: sku === 'TEE' ? draw(200) : 0 })),
      };
    }
    case 'adjust': {
      const delta = draw(10) < 7 ? 1 + draw(7) : -1 - draw(5);
      return { kind: 'adjust', sku: pick(draw, SKUS), node: pick(draw, NODES), delta };
    }
    case 'count': {
      const known = [...client.onHand.keys()].at(-1 - draw(NODES.length)) ?? `node:${SKUS[0]}@${NODES[0]}`;
      const [sku = '', node = ''] = known.slice('node:'.length).split('@');
      const expected = client.onHand.get(known) ?? 0;
      return { kind: 'count', sku, node, expected, counted: Math.max(0, expected + draw(4) - 1) };
    }
    case 'transfer': {
      const amountMinor = 1 + draw(40);
      if (draw(4) === 0)
        return { kind: 'transfer', debit: sourceCode(crowd.merchantId), credit: pick(draw, WALLETS), amountMinor };
      const debit = pick(draw, WALLETS);
      return {
        kind: 'transfer',
        debit,
        credit: pick(
          draw,
          WALLETS.filter((wallet) => wallet !== debit),
        ),
        amountMinor,
      };
    }
    case 'cancel':
    case 'ship':
    case 'refund': {
      const order = hot(draw, crowd);
      return order ? aboutOrder(step, order, draw) : null;
    }
    default:
      return null;
  }
}

function aboutOrder(step: 'cancel' | 'ship' | 'refund', placed: Placed, draw: Draw): Request {
  const { order } = placed;
  const line = pick(draw, placed.lines);
  const units: WantedUnits[] = [{ line: line.id, quantity: 1 + draw(Math.min(2, line.quantity)) }];
  const some = draw(3) > 0 ? { units } : {};
  if (step === 'cancel') return { kind: 'cancel', order, ...some };
  if (step === 'ship') return { kind: 'ship', order, ...some };
  const amountMinor = 1 + draw(2_500);
  const wishes: readonly RefundOf[] = [
    { units },
    { units: null },
    { amountMinor, goodwill: false },
    { amountMinor, goodwill: true },
  ];
  return { kind: 'refund', order, of: pick(draw, wishes) };
}
