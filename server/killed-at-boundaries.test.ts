import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './flows/testing/order-world.ts';
import {
  confirmed,
  openSagas,
  providerLog,
  SAGA_SCENARIOS,
  type SagaScenario,
  shipping,
} from './flows/testing/saga-scenarios.ts';
import { newId } from './kernel/ids.ts';
import { type HouseProcesses, houseProcesses } from './testing/house-processes.ts';
import { createPspLog } from './views/integrity/psp-log.ts';
import { checkIntegrity } from './views/integrity.ts';

/**
 * kill -9 at every boundary. A real worker kills itself before, during and after each COMMIT and each remote call of each saga; a real
 * api process before, during and after the COMMIT of each verb. Another process is started, and the order ends as it should within
 * half a minute, everything once in the provider's own log.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const END_WITHIN_MS = 30_000;
/** Houses that are used side by side: mostly they wait for the lease of a dead process. */
const HOUSES = DEEP ? 8 : 6;
/** The effect of a call comes this late, so that the caller is dead when it does. */
const SLOW_MS = 120;
const LAST_BREATH_MS = 500;
const WHEN = ['before', 'during', 'after'] as const;
const PATIENCE = { timeout: 600_000 };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A database, simulators and processes of their own: one order moves at a time, so the n-th boundary is always the same one. */
interface House {
  readonly w: OrderWorld;
  readonly processes: HouseProcesses;
}

const houses: House[] = [];
const waiting: ((house: House) => void)[] = [];

beforeAll(async () => {
  for (let i = 0; i < HOUSES; i++) {
    const w = await orderWorld({ stock: 1_000 });
    houses.push({ w, processes: await houseProcesses(w) });
    for (const { controlUrl } of [w.psp, w.carrier]) await slow(controlUrl);
  }
});
afterAll(async () => {
  for (const { w, processes } of houses) {
    await processes.close();
    await w.close();
  }
});

async function slow(url: string): Promise<void> {
  const body = JSON.stringify({ slow_ms: { value: SLOW_MS } });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/_sim/switches`, { method: 'POST', headers, body })).status).toBe(200);
}

/** Does something in the next free house. */
async function inHouse<T>(work: (house: House) => Promise<T>): Promise<T> {
  const house = houses.shift() ?? (await new Promise<House>((resolve) => waiting.push(resolve)));
  try {
    return await work(house);
  } finally {
    await house.processes.close();
    const next = waiting.shift();
    if (next) next(house);
    else houses.push(house);
  }
}

async function untilEnded(w: OrderWorld, orderId: string): Promise<boolean> {
  for (const by = Date.now() + END_WITHIN_MS; Date.now() < by; await pause(50))
    if ((await openSagas(w, orderId)).length === 0) return true;
  return false;
}

/** Whether the worker came to that boundary and died there; either way the order has ended as it should. */
const workerDies = (scenario: SagaScenario, at: string): Promise<boolean> =>
  inHouse(async ({ w, processes }) => {
    const orderId = await scenario.start(w);
    const dying = await processes.start('worker', { at, counts: 'sagas-lock' });
    // A worker that dies after the last COMMIT is about to, when the order has ended already.
    const lived = untilEnded(w, orderId).then(() => pause(LAST_BREATH_MS));
    const died = (await Promise.race([dying.ended, lived])) === 'SIGKILL';
    if (died) await processes.start('worker');
    expect(await untilEnded(w, orderId), `${at}: not ended in time`).toBe(true);
    expect(await w.order(orderId), at).toMatchObject(scenario.ends);
    expect(await providerLog(w, orderId), at).toEqual(scenario.log);
    return died;
  });

/** How many boundaries of a kind there are; at each of them a worker died once per moment. Whether there is one more is looked at where there is time. */
async function dieAtEach(scenario: SagaScenario, of: 'commit' | 'call'): Promise<number> {
  const known = BOUNDARIES[scenario.name]?.[of] ?? 1;
  for (let nth = 1; ; nth++) {
    if (!DEEP && nth > known) return known;
    const died = await Promise.all(momentsOf(scenario.name).map((when) => workerDies(scenario, `${of}:${nth}:${when}`)));
    if (!died.every(Boolean)) return nth - 1;
  }
}

/**
 * The others are variations on them: they die where there is time for it. Placing dies at every moment of every boundary; shipping, whose
 * boundaries are of the same kinds, at the moment that tells least to who comes after.
 */
const QUICK: Readonly<Record<string, readonly (typeof WHEN)[number][]>> = {
  'placing an order': WHEN,
  'shipping an order': ['during'],
};
const momentsOf = (scenario: string) => (DEEP ? WHEN : (QUICK[scenario] ?? []));

/** So many there are at least, or the deaths missed something. */
const BOUNDARIES: Readonly<Record<string, { readonly commit: number; readonly call: number }>> = {
  'placing an order': { commit: 2, call: 1 },
  'placing an order whose card is declined': { commit: 2, call: 1 },
  'cancelling an order whose payment has no answer yet': { commit: 2, call: 1 },
  'shipping an order': { commit: 3, call: 2 },
  'voiding a payment': { commit: 2, call: 1 },
  'refunding an order': { commit: 2, call: 1 },
};

describe('a worker that is killed at every boundary', () => {
  const scenarios = SAGA_SCENARIOS.filter(({ name }) => momentsOf(name).length > 0);
  let all: Promise<{ commit: number; call: number }>[];
  beforeAll(() => {
    all = scenarios.map(async (scenario) => {
      const [commit, call] = await Promise.all([dieAtEach(scenario, 'commit'), dieAtEach(scenario, 'call')]);
      return { commit, call };
    });
    for (const one of all) one.catch(() => {});
  });

  it.each(scenarios.map((scenario, index) => ({ name: scenario.name, index })))('of $name', PATIENCE, async ({ name, index }) => {
    const died = await (all[index] as Promise<{ commit: number; call: number }>);
    expect(died.commit).toBeGreaterThanOrEqual(BOUNDARIES[name]?.commit ?? 1);
    expect(died.call).toBeGreaterThanOrEqual(BOUNDARIES[name]?.call ?? 1);
  });
});

interface Asked {
  readonly verb: string;
  /** Brings an order to where the verb is possible; null where the verb makes it. */
  readonly start: (w: OrderWorld) => Promise<string | null>;
  readonly path: (orderId: string | null) => string;
  readonly body: Record<string, unknown>;
  readonly scenario: string;
}

const PLACE = {
  currency: 'EUR',
  customer: { email: 'carla@customer.example' },
  lines: [{ sku: 'MUG', quantity: 2 }],
  shipping: { name: 'Standard', price_minor: 490 },
  payment: { token: 'pm_card_visa' },
};

const VERBS: readonly Asked[] = [
  { verb: 'places', start: async () => null, path: () => '/orders', body: PLACE, scenario: 'placing an order' },
  {
    verb: 'cancels',
    start: confirmed,
    path: (id) => `/orders/${id}/cancel`,
    body: { reason: 'customer_request' },
    scenario: 'voiding a payment',
  },
  { verb: 'ships', start: confirmed, path: (id) => `/orders/${id}/shipments`, body: {}, scenario: 'shipping an order' },
  {
    verb: 'refunds',
    start: async (w) => {
      const id = await shipping(w);
      await w.settle();
      return id;
    },
    path: (id) => `/orders/${id}/refunds`,
    body: { kind: 'units', reason: 'damaged' },
    scenario: 'refunding an order',
  },
];

/** The caller repeats the request under its key until there is an answer; the order ends as if nobody had died. */
const apiDies = (asked: Asked, at: string): Promise<void> =>
  inHouse(async ({ w, processes }) => {
    const scenario = SAGA_SCENARIOS.find(({ name }) => name === asked.scenario) as SagaScenario;
    const started = await asked.start(w);
    const key = newId();
    const post = () => processes.post(asked.path(started), asked.body, key);
    const dying = await processes.start('api', { at, counts: 'claim-keys' });
    await expect(post(), at).rejects.toThrow();
    expect(await dying.ended, at).toBe('SIGKILL');
    await processes.start('api');
    const first = await post();
    expect(first.status, `${at}: ${JSON.stringify(first.body)}`).toBeLessThan(300);
    expect(await post(), at).toEqual(first);
    await w.settle();
    const orderId = started ?? String(first.body.id);
    expect(await w.order(orderId), at).toMatchObject(scenario.ends);
    expect(await providerLog(w, orderId), at).toEqual(scenario.log);
  });

describe('an api process that is killed at the commit of a verb', () => {
  it.each(VERBS.map((asked) => ({ verb: asked.verb, asked })))('that $verb', PATIENCE, async ({ asked }) => {
    await Promise.all(
      momentsOf(asked.scenario === 'placing an order' ? asked.scenario : 'shipping an order').map((when) =>
        apiDies(asked, `commit:1:${when}`),
      ),
    );
  });
});

describe('afterwards', () => {
  it('the books of every house are in order, and each placement made one order', PATIENCE, async () => {
    expect(houses).toHaveLength(HOUSES);
    for (const { w } of houses) {
      const provider = createPspLog(w.psp.controlUrl);
      const { report } = await checkIntegrity(w.db.pool, { full: true, now: new Date(), provider });
      expect(report.invariants.filter((finding) => finding.state !== 'holds')).toEqual([]);
      const { rows } = await w.db.pool.query('SELECT id FROM orders WHERE finished_at IS NULL AND confirmed_at IS NULL');
      expect(rows).toEqual([]);
    }
  });
});
