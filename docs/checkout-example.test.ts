import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RestWorld, restWorld } from '../server/api/public/testing/rest-world.ts';

const EXAMPLE = fileURLToPath(new URL('./checkout-example.ts', import.meta.url));
const run = promisify(execFile);

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

test('the checkout example places, ships and refunds a real order', async () => {
  const key = await world.key(world.north, ['orders:read', 'orders:write', 'catalog:read', 'shipments:write', 'refunds:write']);
  const { stdout } = await run(process.execPath, [EXAMPLE, world.api.url, key]);
  expect(stdout.split('\n')).toEqual([
    'Buying 2 × MUG-RED from North Supply',
    expect.stringMatching(/^EU-\d+: CONFIRMED, 2500 minor units of EUR$/),
    expect.stringMatching(/^EU-\d+: CONFIRMED, AUTHORIZED, ALLOCATED$/),
    expect.stringMatching(/^EU-\d+: FULFILLED, CAPTURED, SHIPPED$/),
    expect.stringMatching(/^EU-R\d+: SUCCEEDED, 1250 minor units of one MUG-RED$/),
    '',
  ]);
  await world.expectBooksAgree();
});

test('it says what to do without a key, and what the API says of a wrong one', async () => {
  const environment = { ...process.env, WAYBILL_API_KEY: '' };
  await expect(run(process.execPath, [EXAMPLE, world.api.url], { env: environment })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Give the address and an API key'),
  });
  await expect(run(process.execPath, [EXAMPLE, world.api.url, 'wb_test_wrong'])).rejects.toMatchObject({
    stderr: expect.stringContaining('unauthenticated, see'),
  });
});
