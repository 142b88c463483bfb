import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newApiKey } from '../../platform/auth/api-keys.ts';
import { LIMITS } from '../../platform/auth/limits.ts';
import { deliverLinks } from '../link-delivery.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join } from './testing/join.ts';

/** Who asks, under which name and from where is decided by what we know, not by what a request says of itself. */
let world: ConsoleWorld;
beforeAll(async () => {
  world = await consoleWorld();
});
afterAll(() => world.close());

/** Each says that a request came from elsewhere, or was sent to somebody else. */
const forgeries = (n: number): Record<string, string> => ({
  'x-forwarded-for': `203.0.113.${n}`,
  'x-real-ip': `203.0.113.${n}`,
  forwarded: `for=203.0.113.${n};host=evil.example;proto=https`,
  'x-client-ip': `203.0.113.${n}`,
  'cf-connecting-ip': `203.0.113.${n}`,
  'true-client-ip': `203.0.113.${n}`,
  'x-forwarded-host': 'evil.example',
  'x-forwarded-server': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '4433',
  'x-host': 'evil.example',
  'x-original-host': 'evil.example',
});

/** fetch does not let a test choose its Host. */
function withHost(
  path: string,
  host: string | string[],
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const req = httpRequest(world.api.url + path, { headers: { ...headers, host: host as string }, setHost: false }, (res) => {
      let text = '';
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.on('error', reject).end();
  });
}

describe('a forged address of the caller', () => {
  it('evades no limit: sign-in counts the connection', async () => {
    const burst = LIMITS.signInByIp.burst;
    const codes: (string | undefined)[] = [];
    for (let n = 0; n <= burst; n++) {
      const response = await world.visitor(forgeries(n)).signIn({ email: `nobody-${n}@example.com`, password: 'wrong' });
      const { url } = (await response.json()) as { url: string };
      const error = new URL(url).searchParams.get('error') ?? '{}';
      codes.push((JSON.parse(error) as { code?: string }).code);
    }
    expect(codes.slice(0, burst)).toEqual(Array(burst).fill('unauthenticated'));
    expect(codes.at(-1)).toBe('too_many_requests');
  });

  it('evades no limit: links and resets count it too', async () => {
    const reset = (n: number) => world.visitor(forgeries(n)).mutate('auth.requestReset', { email: `nobody-${n}@example.com` });
    for (let n = 0; n < LIMITS.resetByIp.burst; n++) expect((await reset(n)).code).toBeNull();
    expect((await reset(200)).code).toBe('too_many_requests');
    const track = (n: number) => world.visitor(forgeries(n)).query('tracking.get', { token: 'guess' });
    for (let n = 0; n < LIMITS.trackingByIp.burst; n++) expect((await track(n)).code).toBe('not_found');
    expect((await track(200)).code).toBe('too_many_requests');
  });

  it('reads no metrics, and is in no audit row', async () => {
    const member = await join(world);
    world.liftLimits();
    await world.visitor(forgeries(7)).signIn(member);
    const { rows } = await world.db.pool.query<{ ip: string }>('SELECT ip FROM sessions WHERE user_id = $1', [member.userId]);
    expect(rows).toEqual([{ ip: '127.0.0.1' }]);
    const { rows: audit } = await world.db.pool.query<{ text: string }>(
      `SELECT string_agg(a::text, '') AS text FROM audit_log a`,
    );
    expect(audit[0]?.text).not.toContain('203.0.113');
  });
});

describe('a forged host', () => {
  it('is refused, whichever header says it', async () => {
    for (const host of [
      'evil.example',
      'localhost:3000.evil.example',
      'evil.example:3000',
      'localhost',
      '',
      'localhost:3000@evil.example',
      '127.0.0.1',
    ])
      expect([host, (await withHost('/sign-in', host)).status]).toEqual([host, 400]);
  });

  it('never comes into a link: reset, invitation, tracking and payment are at our own address', async () => {
    world.liftLimits();
    const links: string[] = [];
    const mail = async ({ url }: { url: string }) => void links.push(url);
    Object.assign(world.api.app, { deliverLink: deliverLinks({ mail, log: world.api.app.log, demo: true }) });
    const member = await join(world);
    const forged = world.visitor(forgeries(9));
    await forged.mutate('auth.requestReset', { email: member.email });
    await expect.poll(() => links).toHaveLength(1);
    const admin = await world.callerOf({ path: 'people.invite', type: 'mutation', input: undefined, caller: 'admin' });
    const asAdmin = world.visitor(forgeries(9));
    for (const [name, value] of admin.cookies) asAdmin.cookies.set(name, value);
    links.push((await asAdmin.mutate('people.invite', { email: 'new@example.com', role: 'agent' })).json.url);
    links.push((await asAdmin.query('orders.get', { number: 'EU-1002' })).json.trackingUrl);
    links.push((await asAdmin.query('drafts.get', { checkoutId: world.samples.northCheckout })).json.payUrl);
    expect(links.map((link) => new URL(link).origin)).toEqual(Array(links.length).fill(world.origin));
    const providers = (await (await forged.request('/api/auth/providers')).json()) as { credentials: { callbackUrl: string } };
    expect(new URL(providers.credentials.callbackUrl).origin).toBe(world.origin);
  });
});

describe('a bearer that is nonsense', () => {
  const { key } = newApiKey('test');
  const good = () => world.apiKey;
  const shapes: readonly [string, () => string][] = [
    ['nothing', () => ''],
    ['the word alone', () => 'Bearer'],
    ['blanks', () => 'Bearer    '],
    ['a key of nobody', () => `Bearer ${key}`],
    ['a key without the word', () => good()],
    ['basic', () => `Basic ${Buffer.from(`${good()}:`).toString('base64')}`],
    ['two keys', () => `Bearer ${good()}, Bearer ${good()}`],
    ['a key and more', () => `Bearer ${good()} x`],
    ['a key in quotes', () => `Bearer "${good()}"`],
    ['a key in capitals', () => `Bearer ${good().toUpperCase()}`],
    ['a key cut short', () => `Bearer ${good().slice(0, -1)}`],
    ['a key and one letter', () => `Bearer ${good()}A`],
    ['only its prefix', () => `Bearer ${good().slice(0, 14)}`],
    ['the other mode', () => `Bearer ${good().replace('wb_test_', 'wb_live_')}`],
    ['a token without algorithm', () => `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    ['SQL', () => `Bearer wb_test_' OR true --`],
    ['a path', () => 'Bearer ../../etc/passwd'],
    ['a percent sign', () => 'Bearer %00%ff'],
    ['bytes', () => 'Bearer \u00ff\u00fe\u00e9'],
    ['a long one', () => `Bearer wb_test_${'A'.repeat(12_000)}`],
    ['undefined', () => 'Bearer undefined'],
    ['an array', () => 'Bearer [object Object]'],
  ];

  it.each(shapes)(
    '(%s) is nobody, over REST and for the console, and a cookie beside it does not count',
    async (_name, value) => {
      world.liftLimits();
      const admin = await world.callerOf({ path: 'people.list', type: 'query', input: undefined, caller: 'admin' });
      for (const path of ['/api/v1/merchant', `/api/trpc/people.list?input=${encodeURIComponent('{"json":{}}')}`]) {
        const response = await admin.request(path, { headers: { authorization: value() } });
        expect([path, response.status]).toEqual([path, 401]);
        expect(await response.text()).not.toContain(good());
      }
    },
  );

  it('is counted by address: guessing ends with 429, and the keys that are valid go on', async () => {
    const own = await consoleWorld();
    try {
      const ask = (authorization: string) => fetch(`${own.api.url}/api/v1/merchant`, { headers: { authorization } });
      const statuses: number[] = [];
      for (let n = 0; n < 105; n++) statuses.push((await ask(`Bearer ${newApiKey('test').key}`)).status);
      expect(statuses[0]).toBe(401);
      expect(statuses.at(-1)).toBe(429);
      expect((await ask(`Bearer ${own.apiKey}`)).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
