import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LEAST_FREE_BYTES, MOST_DATABASE_BYTES, MOST_PER_HOUR, openMemory, ordersLastHour, stopReason } from './limits.ts';
import { customerOf } from './people.ts';
import { shopClient } from './shop-client.ts';
import { startTraffic, type Traffic } from './traffic.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waybill-traffic-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('the limits', () => {
  const fine = { lastHour: 0, freeBytes: LEAST_FREE_BYTES, databaseBytes: MOST_DATABASE_BYTES };

  test('stop the traffic at an hour’s orders, a full disk, a large database; what nobody measured stops nothing', () => {
    expect(stopReason(fine)).toBeNull();
    expect(stopReason({ ...fine, lastHour: MOST_PER_HOUR })).toBe('hour');
    expect(stopReason({ ...fine, freeBytes: LEAST_FREE_BYTES - 1 })).toBe('disk');
    expect(stopReason({ ...fine, databaseBytes: MOST_DATABASE_BYTES + 1 })).toBe('database');
    expect(stopReason({ lastHour: 0, freeBytes: null, databaseBytes: null })).toBeNull();
  });

  test('count the last hour, however the visits were spread', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7_200_000)), (ages) => {
        const now = 10_000_000_000;
        const { memory } = openMemory(undefined);
        memory.placed = ages.map((age) => now - age);
        expect(ordersLastHour(memory, now)).toBe(ages.filter((age) => age < 3_600_000).length);
        expect(memory.placed).toHaveLength(ordersLastHour(memory, now));
      }),
    );
  });
});

test('made-up customers have addresses of their shop’s country and mail that goes nowhere', () => {
  for (const [shop, country] of [
    ['nordlicht', 'DE'],
    ['harbour-lane', 'GB'],
    ['kumo', 'JP'],
  ] as const) {
    for (let i = 0; i < 50; i++) {
      const { email, shipTo } = customerOf(shop, Math.random);
      expect(shipTo.country).toBe(country);
      expect(email).toMatch(/^[a-z.]+\d+@example\.com$/);
    }
  }
});

describe('the switch', () => {
  const NOBODY = 'http://127.0.0.1:9';
  const start = (): Promise<Traffic> =>
    startTraffic({
      shop: shopClient(NOBODY, NOBODY),
      offices: new Map(),
      pspUrl: NOBODY,
      publishableKey: 'pk_test_sim',
      port: 0,
      dir,
    });
  const ask = async (traffic: Traffic, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
    const reply = await fetch(`${traffic.url}/_sim/traffic`, init);
    return { status: reply.status, body: await reply.json() };
  };

  test('pauses and paces, remembers across restarts, and survives a shop that is not there', async () => {
    const first = await start();
    expect((await ask(first)).body).toMatchObject({ paused: false, every_seconds: 5, orders_last_hour: 0, stopped: null });
    expect((await ask(first, { paused: true, every_seconds: 15 })).body).toMatchObject({ paused: true, every_seconds: 15 });
    expect((await ask(first, { every_seconds: 0 })).status).toBe(400);
    expect((await ask(first, { speed: 3 })).status).toBe(400);
    await first.close();
    expect(JSON.parse(readFileSync(join(dir, 'traffic.json'), 'utf8'))).toMatchObject({ paused: true, everySeconds: 15 });
    const second = await start();
    expect((await ask(second)).body).toMatchObject({ paused: true, every_seconds: 15 });
    await second.close();
  });
});
