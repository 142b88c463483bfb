import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join } from './testing/join.ts';

/** The headers of every kind of answer, as a production installation behind https gives them. */
const ORIGIN = 'https://shop.example';
let world: ConsoleWorld;
let session: string;
beforeAll(async () => {
  world = await consoleWorld({
    NODE_ENV: 'production',
    WAYBILL_ORIGIN: ORIGIN,
    WAYBILL_DEMO: '0',
    PSP_SECRET_KEY: 'sk_of_this_test',
    PSP_WEBHOOK_SECRET: 'whsec_of_this_test',
    CARRIER_API_KEY: 'carrier_of_this_test',
    CARRIER_WEBHOOK_SECRET: 'whsec_carrier_of_this_test',
  });
  world.liftLimits();
  const browser = world.visitor();
  await browser.signIn(await join(world));
  session = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
});
afterAll(() => world.close());

type Kind = 'page' | 'answer' | 'public' | 'reference';
interface Case {
  readonly path: string;
  readonly kind: Kind;
  readonly status: number;
  readonly init?: RequestInit;
  readonly signedIn?: true;
}

/** Pages get a policy of their own, answers of the API one that allows nothing. */
const CASES: readonly Case[] = [
  { path: '/orders', kind: 'page', status: 200, signedIn: true },
  { path: '/shop', kind: 'page', status: 200 },
  { path: '/pay/some-token-of-a-checkout', kind: 'page', status: 200 },
  { path: '/track/some-token-of-an-order', kind: 'page', status: 200 },
  { path: '/sign-in', kind: 'page', status: 200 },
  { path: '/_next/static/chunks/main.js', kind: 'page', status: 200 },
  { path: '/nothing-here', kind: 'page', status: 200 },
  { path: '/api/auth/session', kind: 'page', status: 200 },
  { path: '/api/auth/signin', kind: 'page', status: 302 },
  { path: '/api/trpc/auth.me', kind: 'answer', status: 200, signedIn: true },
  { path: '/api/trpc/people.list', kind: 'answer', status: 401 },
  { path: '/api/trpc/no.such', kind: 'answer', status: 404 },
  { path: '/api/v1/merchant', kind: 'answer', status: 401 },
  { path: '/api/v1/nothing', kind: 'answer', status: 404 },
  { path: '/api/v1/orders', kind: 'answer', status: 405, init: { method: 'DELETE' } },
  { path: '/api/nothing', kind: 'answer', status: 404 },
  { path: '/api/webhooks/psp', kind: 'answer', status: 401, init: { method: 'POST', body: '{}' } },
  { path: '/api/documents/orders/EU-1.pdf', kind: 'answer', status: 401 },
  { path: '/api/live', kind: 'answer', status: 401 },
  { path: '/health/live', kind: 'answer', status: 200 },
  { path: '/health/ready', kind: 'answer', status: 200 },
  { path: '/metrics', kind: 'answer', status: 200 },
  { path: '/api/v1/openapi.json', kind: 'public', status: 200 },
  { path: '/api/v1/docs', kind: 'reference', status: 200 },
  { path: '/api/v1/docs/start.js', kind: 'public', status: 200 },
  { path: '/problems', kind: 'public', status: 200 },
  { path: '/problems/not_found', kind: 'public', status: 200 },
  { path: '/problems/nothing', kind: 'answer', status: 404 },
];

const ask = ({ path, init, signedIn }: Case): Promise<Response> =>
  fetch(world.api.url + path, { redirect: 'manual', ...init, headers: signedIn ? { cookie: session } : {} });

const directives = (policy: string): Map<string, string> =>
  new Map(policy.split(';').map((each) => [each.trim().split(' ', 1)[0] ?? '', each.trim().split(' ').slice(1).join(' ')]));

describe.each(CASES)('$path ($kind)', (each) => {
  it('cannot be framed, sniffed, cached where it is somebody’s, or asked for without TLS', async () => {
    const response = await ask(each);
    const { headers } = response;
    await response.arrayBuffer();
    expect(response.status).toBe(each.status);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('payment=()');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=(\d{8,}); includeSubDomains$/);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    if (each.kind === 'answer') expect(headers.get('cache-control')).toMatch(/no-store/);
    if (each.kind === 'public') expect(headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('runs only scripts that are ours', async () => {
    const first = await ask(each);
    const policy = directives(first.headers.get('content-security-policy') ?? '');
    await first.arrayBuffer();
    expect(policy.get('frame-ancestors')).toBe("'none'");
    if (each.kind === 'answer') {
      expect([...policy]).toEqual([
        ['default-src', "'none'"],
        ['frame-ancestors', "'none'"],
      ]);
      return;
    }
    const scripts = policy.get('script-src') ?? '';
    expect(scripts).not.toMatch(/unsafe-inline|unsafe-eval|\*|https?:|data:/);
    expect(policy.get('base-uri')).toMatch(/^'(self|none)'$/);
    if (each.kind !== 'page') return;
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('connect-src')).toBe("'self'");
    expect(scripts).toMatch(/^'self' 'nonce-[A-Za-z0-9+/]{24}' 'strict-dynamic'$/);
    const again = await ask(each);
    await again.arrayBuffer();
    expect(again.headers.get('content-security-policy')).not.toBe(first.headers.get('content-security-policy'));
  });
});

it('a page cannot choose a weaker policy for itself, nor can a request', async () => {
  const response = await fetch(`${world.api.url}/orders`, {
    headers: { 'content-security-policy': 'default-src *', 'x-nonce': 'mine', 'x-frame-options': 'ALLOWALL' },
  });
  await response.arrayBuffer();
  expect(response.headers.get('content-security-policy')).not.toMatch(/default-src \*|nonce-mine/);
  expect(response.headers.get('x-frame-options')).toBe('DENY');
});

it('another site gets no permission by CORS, whatever it says', async () => {
  for (const path of ['/api/v1/orders', '/api/trpc/orders.list', '/api/live', '/orders', '/api/webhooks/psp']) {
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, ORIGIN]) {
      const preflight = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      };
      for (const method of ['OPTIONS', 'GET']) {
        const response = await fetch(world.api.url + path, { method, headers: preflight });
        await response.arrayBuffer();
        const allowed = [...response.headers].filter(([name]) => name.startsWith('access-control-'));
        expect([path, origin, method, allowed]).toEqual([path, origin, method, []]);
      }
    }
  }
});
