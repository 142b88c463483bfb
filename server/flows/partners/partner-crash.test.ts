import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dieEverywhere } from '../testing/mortal.ts';
import { type PartnersWorld, partnersWorld } from '../testing/partner-world.ts';

/**
 * A worker dies at every boundary of a request to a partner: before and after each COMMIT, before and after each call. Another one takes over.
 * However it died, each unit ends in one place, the partner was asked once, and the money was taken once.
 */
let w: PartnersWorld;
beforeAll(async () => {
  w = await partnersWorld({ stock: 100_000 });
});
afterAll(() => w.close());

const LEASE_MS = 13_000;
const HOUR_MS = 3_600_000;

interface Story {
  readonly name: string;
  readonly answer: 'accept' | 'partial' | 'reject' | 'silent';
  /** What happens between the request and the moment that a worker dies in. */
  readonly before?: (orderId: string) => Promise<void>;
  /** What happens when another worker has taken over. */
  readonly after?: (orderId: string) => Promise<void>;
  readonly units: readonly { state: string; node: string | null; units: number }[];
  readonly captured: bigint;
}

async function ship(orderId: string): Promise<void> {
  for (const request of await w.requests(orderId))
    if (request.status === 'accepted') await w.steer(w.thirdParty, `requests/${request.id}/ship`, {});
}
const settled = async (): Promise<void> => w.settle();

const STORIES: readonly Story[] = [
  {
    name: 'that is accepted and sent',
    answer: 'accept',
    after: ship,
    units: [{ state: 'shipped', node: 'LOGI', units: 4 }],
    captured: 5_000n,
  },
  {
    name: 'whose parcel has left',
    answer: 'accept',
    before: async (orderId) => {
      await settled();
      await ship(orderId);
      w.advanceClock(HOUR_MS / 10);
    },
    units: [{ state: 'shipped', node: 'LOGI', units: 4 }],
    captured: 5_000n,
  },
  { name: 'that is rejected', answer: 'reject', units: [{ state: 'allocated', node: 'N1', units: 4 }], captured: 0n },
  {
    name: 'that is accepted in part',
    answer: 'partial',
    units: [
      { state: 'allocated', node: 'LOGI', units: 2 },
      { state: 'allocated', node: 'N1', units: 2 },
    ],
    captured: 0n,
  },
  {
    name: 'that nobody answers',
    answer: 'silent',
    before: async () => {
      await settled();
      w.advanceClock(3 * HOUR_MS);
    },
    units: [{ state: 'allocated', node: 'N1', units: 4 }],
    captured: 0n,
  },
  {
    name: 'whose order is cancelled',
    answer: 'accept',
    before: async (orderId) => {
      await settled();
      await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx());
    },
    units: [{ state: 'cancelled', node: null, units: 4 }],
    captured: 0n,
  },
];

/** An order whose request is recorded and has not been sent. */
async function begun(story: Story): Promise<string> {
  await w.steer(w.thirdParty, 'settings', { answer: story.answer });
  const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 4 }] });
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM sagas WHERE order_id = $1', [id]);
  await w.flows.advanceSaga(rows[0]?.id as string);
  expect((await w.requests(id)).map(({ status }) => status)).toEqual(['pending']);
  await story.before?.(id);
  return id;
}

const due = async (orderId: string): Promise<string[]> =>
  (
    await w.db.pool.query<{ id: string }>(
      `SELECT id FROM sagas WHERE order_id = $1 AND status NOT IN ('done', 'stuck') AND wake_at <= $2 ORDER BY id`,
      [orderId, w.clock()],
    )
  ).rows.map(({ id }) => id);

async function advanceAll(flows: Pick<PartnersWorld['flows'], 'advanceSaga'>, orderId: string): Promise<void> {
  for (let round = 0; round < 3; round++) for (const id of await due(orderId)) await flows.advanceSaga(id);
}

async function expectEnd(story: Story, orderId: string, died: string): Promise<void> {
  for (let round = 0; round < 3; round++) {
    w.advanceClock(LEASE_MS);
    await w.settle();
  }
  await story.after?.(orderId);
  for (let round = 0; round < 2; round++) {
    w.advanceClock(HOUR_MS / 10);
    await w.settle();
  }
  const { rows } = await w.db.pool.query(
    `SELECT s.state, n.code AS node, sum(s.to_unit - s.from_unit + 1)::int AS units FROM line_spans s LEFT JOIN nodes n ON n.id = s.node_id
     WHERE s.order_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    [orderId],
  );
  expect(rows, died).toEqual(story.units);
  expect(await w.order(orderId), died).toMatchObject({ captured_minor: story.captured });
  expect(await w.captures(orderId), died).toHaveLength(story.captured > 0n ? 1 : 0);
  for (const { id } of await w.requests(orderId)) {
    const asked = w.thirdParty.state.log.filter((entry) => entry.kind === 'asked' && entry.reference === id);
    expect(asked.length, died).toBeLessThanOrEqual(1);
  }
}

describe.each(STORIES)('a request $name', (story) => {
  it('ends the same wherever its worker dies', async () => {
    const died = await dieEverywhere(
      { pool: w.db.pool, outside: w.outside, clock: w.clock },
      {
        begin: () => begun(story),
        work: advanceAll,
        end: (orderId, how) => expectEnd(story, orderId, how),
      },
    );
    expect(died).toBeGreaterThanOrEqual(3);
    await w.expectBooksAgree();
  });
});
