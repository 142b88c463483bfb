import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { safeNext } from '../guard.ts';
import { OPERATIONS } from '../public/router.ts';
import { type RestWorld, restWorld } from '../public/testing/rest-world.ts';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { type CanaryListener, listenForCanaries, urlsOf } from './testing/canary-listener.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { PROCEDURES, shapesOf, withValue } from './testing/procedures.ts';

/**
 * Nobody outside chooses where this house calls: what it calls are the addresses of its environment, and of the addresses that people and
 * programs send, none is ever opened. A listener waits at all of them.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
let canary: CanaryListener;
let urls: readonly string[];
let sent = 0;

beforeAll(async () => {
  canary = await listenForCanaries();
  urls = urlsOf(canary.port);
});
afterAll(async () => {
  writeAttackEvidence('outbound', [
    ['addresses of a listener written into fields', sent],
    ['visits to the listener', canary.visits.length],
  ]);
  await canary.close();
});

let turn = 0;
/** In a quick run the next one, so that over all fields each has its turns. */
function urlsFor(): readonly string[] {
  return DEEP ? urls : [urls[turn++ % urls.length] ?? ''];
}

it('the listener hears whoever comes', async () => {
  const own = await listenForCanaries();
  await fetch(`http://127.0.0.1:${own.port}/hello`);
  expect(own.visits).toEqual([expect.stringContaining('GET /hello')]);
  await own.close();
});

/** Each address in each field takes its time. */
const PATIENCE = { timeout: DEEP ? 1_800_000 : 120_000 };

describe('an address in a field of the console', PATIENCE, () => {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await consoleWorld();
    world.liftLimits();
  });
  afterAll(() => world.close());

  it('is text: nothing is fetched from it', async () => {
    for (const procedure of PROCEDURES) {
      const browser = await world.callerOf(procedure);
      for (const { full, texts } of world.shapesOf(procedure)) {
        for (const { place } of texts.filter((each) => each.free)) {
          for (const url of urlsFor()) {
            await browser[procedure.type === 'query' ? 'query' : 'mutate'](procedure.path, withValue(full, place, url));
            sent += 1;
          }
        }
      }
    }
    expect(canary.visits).toEqual([]);
  });

  it('after sign-in leads to a page of ours', async () => {
    const { origin } = world;
    vi.spyOn(console, 'error').mockImplementation(() => {}); // next-auth says at length which address it refused
    const evil = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\/evil.example',
      `${origin}.evil.example`,
      `${origin}@evil.example`,
      `https://evil.example/${origin}`,
      'javascript:alert(1)',
      'data:text/html,x',
      '/%2f%2fevil.example',
      '/\t/evil.example',
      ' //evil.example',
      'http:evil.example',
      'https:/\\evil.example',
      '/x\r\nLocation: https://evil.example',
    ];
    for (const next of evil) {
      expect(new URL(safeNext(next), origin).origin, next).toBe(origin);
      for (const path of ['/api/auth/signin', '/api/auth/signout', '/api/auth/signin/credentials', '/api/auth/error']) {
        const response = await world.visitor().request(`${path}?callbackUrl=${encodeURIComponent(next)}&error=x`);
        const location = response.headers.get('location');
        expect([path, next, response.status < 500]).toEqual([path, next, true]);
        if (location !== null) expect([path, next, new URL(location, origin).origin]).toEqual([path, next, origin]);
        await response.arrayBuffer();
      }
      const signedOut = await world.visitor().signIn({ email: 'x@example.com', password: 'x', callbackUrl: next });
      const { url } = (await signedOut.json()) as { url: string };
      expect([next, new URL(url, origin).origin]).toEqual([next, origin]);
    }
    expect(safeNext('/orders?view=held#top')).toBe('/orders?view=held#top');
    vi.restoreAllMocks();
  });
});

describe('an address in a field of the REST API', PATIENCE, () => {
  let world: RestWorld;
  beforeAll(async () => {
    world = await restWorld();
  });
  afterAll(() => world.close());

  const order = (more: object) => ({
    currency: 'EUR',
    lines: [{ sku: 'GIFT-WRAP', quantity: 1 }], // never out of stock
    ...more,
  });

  it('is text, also to the payment provider, the carrier and the mail that an order leads to', async () => {
    const known = (name: string) => ({ sku: 'MUG-RED', unit_price: '12.50', token: 'pm_card_visa', node: 'MAIN' })[name];
    const operation = OPERATIONS.find(({ facts }) => facts.id === 'createOrder');
    const placed: string[] = [];
    for (const { full, texts } of shapesOf(operation?.input as Parameters<typeof shapesOf>[0], known)) {
      // What would have to exist to be taken: a quote, a reservation, a channel, a store to fetch at, and what else pays beside the card.
      const {
        quote_id: _quote,
        shipping_option: _option,
        total_minor: _total,
        tenders: _,
        reservation_id: _reservation,
        pickup: _pickup,
        channel: _channel,
        ...body
      } = full as Record<string, unknown>;
      for (const { place } of texts.filter(({ free }) => free)) {
        for (const url of urlsFor()) {
          const { status, json } = await world.send('POST', '/orders', {
            body: withValue({ ...body, external_id: undefined }, place, url),
          });
          sent += 1;
          if (status === 201) placed.push(json.id);
        }
      }
    }
    expect(placed.length).toBeGreaterThan(10);
    for (const id of placed)
      await world.until('decided', async () => (await world.send('GET', `/orders/${id}`)).json.status !== 'PENDING');
    expect(canary.visits).toEqual([]);
  });

  it('as return_url is where a browser goes, and this house never; it must be http or https', async () => {
    const statuses: Record<string, number> = {};
    for (const url of urls) {
      const body = order({ payment: { token: 'pm_card_threeDSecure2Required', return_url: url } });
      statuses[url] = (await world.send('POST', '/orders', { body })).status;
      sent += 1;
    }
    expect(statuses[`http://127.0.0.1:${canary.port}/canary`]).toBe(201);
    for (const url of urls.filter((each) => !/^https?:/.test(each))) expect([url, statuses[url]]).toEqual([url, 400]);
    const challenged = async () => {
      const { rows } = await world.db.pool.query(`SELECT FROM payment_operations WHERE status = 'requires_action'`);
      return rows.length >= Object.values(statuses).filter((status) => status === 201).length;
    };
    await world.until('the provider asks for a challenge', challenged);
    expect(canary.visits).toEqual([]);
  });
});

/** Every file that opens a connection, and where to. One more is a decision: whose address does it open? */
const CALLERS: Readonly<Record<string, string>> = {
  'server/domains/notifications/smtp.ts': 'SMTP_URL',
  'server/domains/payments/stripe-http.ts': 'PSP_URL, by the agent of the provider’s SDK',
  'server/platform/remote-api.ts': 'CARRIER_URL, BANK_URL and the partners’, and channels’ addresses on CHANNEL_ORIGINS',
  'server/platform/simulator-control.ts': 'a simulator of the demo, by PSP_URL, CARRIER_URL, BANK_URL or SMTP_URL',
  'server/platform/traffic-control.ts': 'the demo’s customers, on loopback',
  'server/platform/web-proxy.ts': 'WEB_PORT, on loopback',
  'server/views/integrity/psp-log.ts': 'PSP_URL, where it is the simulator',
};

it('nothing calls out but what is listed here, and that calls the addresses of its environment', () => {
  const root = join(import.meta.dirname, '../../..');
  const calls =
    /\bfetch\(|\b(?:https?|net|tls)\.(?:request|get|connect|createConnection)\(|from 'node:(?:https|tls|net|dgram|dns|http2)'|\brequest as https?Request|new (?:Http)?Agent\(|new WebSocket\(|nodemailer|http-proxy|createNodeHttpClient/;
  const opens = globSync('{server,jobs}/**/*.ts', { cwd: root }).filter((file) => {
    if (/\.test\.ts$|\/testing\/|server\/(?:simulators|cli|testing)\/|embedded-postgres|platform\/prisma\//.test(file))
      return false;
    const text = readFileSync(join(root, file), 'utf8');
    // A type, an address list and the socket that a request came by open nothing.
    return calls.test(
      text.replaceAll(
        /import type .*|import \{ BlockList, isIP \}.*|import \{ type .* \} from 'node:net'.*|import \{ Socket \}.*/g,
        '',
      ),
    );
  });
  expect(opens.sort()).toEqual(Object.keys(CALLERS).sort());
});
