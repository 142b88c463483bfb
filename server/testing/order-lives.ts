import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { OrderWorld } from '../flows/testing/order-world.ts';
import { newId } from '../kernel/ids.ts';

/** Orders that live through whatever a test does to the house, driven over REST by clients who know nothing of it. */
const KINDS = ['ships', 'ships in two parcels', 'is refunded', 'is cancelled at once', 'is cancelled later'] as const;
type Kind = (typeof KINDS)[number];

export interface Lived {
  readonly id: string;
  readonly kind: Kind;
  readonly captures: number;
}

export type Post = (path: string, body: unknown, key: string) => Promise<{ status: number; body: Record<string, unknown> }>;

export interface Shoppers {
  /** One order from its placement to where nobody has to do anything for it any more. */
  live(index: number): Promise<Lived>;
  /** How often each status was answered. */
  readonly answers: ReadonlyMap<number, number>;
  /** Whoever waits gives up. */
  close(): void;
}

class Refused extends Error {}

export function createShoppers(w: OrderWorld, send: Post): Shoppers {
  const answers = new Map<number, number>();
  let closed = false;

  /** What a careful client does: the same request under the same key until there is an answer. */
  async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const key = newId();
    for (;;) {
      if (closed) throw new Error('The test is over');
      try {
        const { status, body: answer } = await send(path, body, key);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (status < 400) return answer;
        if (status < 500 && status !== 429) throw new Refused(`${path}: ${JSON.stringify(answer)}`);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      await pause(200);
    }
  }

  async function untilOrder(id: string, want: Record<string, unknown>): Promise<void> {
    for (;;) {
      const order = await w.order(id);
      if (Object.entries(want).every(([column, value]) => order[column] === value)) return;
      if (closed) throw new Error(`The test is over: ${JSON.stringify({ id, status: order.status })}`);
      await pause(100);
    }
  }

  async function live(index: number): Promise<Lived> {
    const kind = KINDS[index % KINDS.length] as Kind;
    const placed = await post('/orders', {
      external_id: `web-${index}`,
      currency: 'EUR',
      customer: { email: `c${index % 7}@example.com` },
      lines: [
        { sku: 'MUG', quantity: 2 },
        { sku: 'TEE', quantity: 1 },
      ],
      shipping: { name: 'Standard', price_minor: 490 },
      payment: { token: 'pm_card_visa' },
    });
    const id = placed.id as string;
    const [mug] = placed.lines as { id: string }[];
    if (kind === 'is cancelled at once') await post(`/orders/${id}/cancel`, { reason: 'customer_request' });
    if (kind === 'is cancelled at once') return { id, kind, captures: 0 };
    await untilOrder(id, { status: 'CONFIRMED', fulfilment_status: 'ALLOCATED' });
    if (kind === 'is cancelled later') await post(`/orders/${id}/cancel`, { reason: 'customer_request' });
    if (kind === 'is cancelled later') return { id, kind, captures: 0 };
    if (kind === 'ships in two parcels') await post(`/orders/${id}/shipments`, { units: [{ line_id: mug?.id, quantity: 1 }] });
    await post(`/orders/${id}/shipments`, {});
    if (kind === 'is refunded') {
      await untilOrder(id, { status: 'FULFILLED' });
      await post(`/orders/${id}/refunds`, { kind: 'units', units: [{ line_id: mug?.id, quantity: 1 }], reason: 'damaged' });
    }
    return { id, kind, captures: kind === 'ships in two parcels' ? 2 : 1 };
  }

  return {
    live,
    answers,
    close: () => {
      closed = true;
    },
  };
}

const ENDS: Readonly<Record<Kind, Record<string, unknown>>> = {
  ships: { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 4_989n, receivable_minor: 0n },
  'ships in two parcels': { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 4_989n, receivable_minor: 0n },
  'is refunded': { status: 'FULFILLED', payment_status: 'PARTIALLY_REFUNDED', refunded_minor: 1_250n, receivable_minor: 0n },
  'is cancelled at once': { status: 'CANCELLED', captured_minor: 0n, receivable_minor: 0n },
  'is cancelled later': { status: 'CANCELLED', payment_status: 'VOIDED', captured_minor: 0n, receivable_minor: 0n },
};

/** The order ended as its kind does, and the provider's own log has as many captures as it should. */
export async function expectEnded(w: OrderWorld, { id, kind, captures }: Lived): Promise<void> {
  const order = await w.order(id);
  expect(order, kind).toMatchObject(ENDS[kind]);
  expect(order.finished_at, kind).not.toBeNull();
  expect(await w.captures(id), kind).toHaveLength(captures);
}
