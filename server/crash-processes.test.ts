import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './flows/testing/order-world.ts';
import { type HouseProcess, type HouseProcesses, houseProcesses, type Role } from './testing/house-processes.ts';
import { createShoppers, expectEnded, type Lived, type Shoppers } from './testing/order-lives.ts';
import { createPspLog } from './views/integrity/psp-log.ts';
import { checkIntegrity } from './views/integrity.ts';

/**
 * kill -9. A shop places, cancels, ships and refunds orders over REST while the worker and the api process are killed at any moment, and
 * the payment provider is slow, drops replies and is away for seconds. Once they stay up, every order ends within half a minute, and the
 * provider's own log says that everything happened once.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const ORDERS = DEEP ? 200 : 24;
const MOST_ORDERS = ORDERS * 10;
const MIN_KILLS = 3;
const AT_ONCE = DEEP ? 40 : 24;
const KILLS = DEEP ? 60 : 6;
const END_WITHIN_MS = 30_000;

let w: OrderWorld;
let house: HouseProcesses;
const processes = new Map<Role, HouseProcess>();
let shoppers: Shoppers;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
  house = await houseProcesses(w);
  shoppers = createShoppers(w, house.post);
});
afterAll(async () => {
  shoppers.close();
  await house.close();
  await w.close();
});

async function start(role: Role): Promise<void> {
  processes.set(role, await house.start(role));
}

async function kill(role: Role): Promise<void> {
  await processes.get(role)?.kill();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function psp(change: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${w.psp.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
}

/** Kills at random moments while the orders are driven to their ends; then the provider is well again. */
async function chaos(deaths: { kills: number }, driven: () => boolean): Promise<void> {
  await psp({
    slow_ms: { probability: 0.6, value: 250 },
    drop_reply: 0.1,
    drop_before: 0.1,
    error_5xx_after: 0.08,
    error_5xx: 0.05,
  });
  while (!driven() && deaths.kills < KILLS) {
    await pause(300 + Math.random() * 1_200);
    const role: Role = deaths.kills % 4 === 3 ? 'api' : 'worker';
    await kill(role);
    deaths.kills += 1;
    if (deaths.kills === 2) await psp({ down: { for_ms: 3_000 } });
    await start(role);
  }
  await psp(CALM);
}

it('orders end as they should, once, whoever is killed whenever', { timeout: DEEP ? 900_000 : 240_000 }, async () => {
  await Promise.all([start('api'), start('worker')]);
  let done = false;
  const deaths = { kills: 0 };
  const disorder = chaos(deaths, () => done);
  const lives: Lived[] = [];
  let next = 0;
  const drivers = Array.from({ length: AT_ONCE }, async () => {
    // A fast machine is through before enough has died: it drives more orders until it has.
    const goesOn = (index: number): boolean => index < ORDERS || (deaths.kills < MIN_KILLS && index < MOST_ORDERS);
    for (let index = next++; goesOn(index); index = next++) lives.push(await shoppers.live(index));
  });
  try {
    await Promise.all(drivers);
  } finally {
    done = true;
  }
  await disorder;
  expect(deaths.kills).toBeGreaterThanOrEqual(MIN_KILLS);
  // One more death of each, then they stay.
  await Promise.all([kill('worker'), kill('api')]);
  await Promise.all([start('worker'), start('api')]);
  await untilAllEnded(Date.now() + END_WITHIN_MS);
  for (const lived of lives) await expectEnded(w, lived);
  const { rows } = await w.db.pool.query(
    'SELECT sum(promised)::int AS promised, (SELECT count(*)::int FROM orders) AS orders FROM sku_supply',
  );
  expect(rows).toEqual([{ promised: 0, orders: lives.length }]);
  await w.expectBooksAgree();
  const { report } = await checkIntegrity(w.db.pool, { full: true, now: new Date(), provider: createPspLog(w.psp.controlUrl) });
  expect(report.invariants.filter((finding) => finding.state !== 'holds')).toEqual([]);
});

const CALM = { slow_ms: null, drop_reply: null, drop_before: null, error_5xx_after: null, error_5xx: null, down: null };

async function untilAllEnded(by: number): Promise<void> {
  for (;;) {
    const { rows } = await w.db.pool.query(
      `SELECT s.kind, s.step, s.status, s.error, o.status AS "order" FROM sagas s JOIN orders o ON o.id = s.order_id WHERE s.status <> 'done'`,
    );
    if (rows.length === 0) return;
    if (Date.now() > by) throw new Error(`Not ended ${END_WITHIN_MS / 1_000} s after the restart: ${JSON.stringify(rows)}`);
    await pause(200);
  }
}
