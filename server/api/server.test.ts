import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';
import { readBody, sendJson } from '../platform/http.ts';
import { addJobs } from '../platform/queue.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';
import { procedure, router } from './trpc.ts';

let db: TestDatabase;
let api: ApiUnderTest;

/** Real paths of the permission matrix with small bodies, so that what is tested is the way there. */
const testRouter = router({
  auth: router({
    me: procedure.query(({ ctx }) => ({ requestId: ctx.requestId, traceId: ctx.traceId, ip: ctx.ip })),
    requestReset: procedure.input(z.object({ email: z.string() })).mutation(() => 'done'),
  }),
});

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, {
    router: testRouter,
    handlePublic: async (req, res) => {
      if (req.url?.startsWith('/api/v1/bug')) throw new Error('connection string postgres://secret');
      if (req.url?.startsWith('/api/v1/refuse')) throw new DomainError('over_limit', 'Only 3 are left.', { left: 3 });
      sendJson(res, 200, { read: (await readBody(req, 1024 * 1024)).length });
    },
  });
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(api.url + path, { headers });
const problemOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

/** fetch does not let a test choose its Host. */
function getWithHost(path: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(api.url + path, { headers: { host } }, (res) => {
      res.resume();
      resolve(res.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('request and trace ids are made, accepted when well-formed, echoed and handed to procedures', async () => {
  const fresh = await get('/api/trpc/auth.me');
  expect(fresh.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(fresh.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);

  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sent = await get('/api/trpc/auth.me', {
    'x-request-id': 'checkout-4711',
    traceparent: `00-${trace}-00f067aa0ba902b7-01`,
  });
  expect(sent.headers.get('x-request-id')).toBe('checkout-4711');
  expect(sent.headers.get('traceparent')).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  const body = (await sent.json()) as { result: { data: { json: unknown } } };
  expect(body.result.data.json).toEqual({ requestId: 'checkout-4711', traceId: trace, ip: '127.0.0.1' });

  const forged = await get('/api/trpc/auth.me', {
    'x-request-id': 'a b\tc',
    traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  });
  expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(forged.headers.get('traceparent')).not.toContain('0'.repeat(32));
});

test('every answer carries the security headers, and API answers are not stored', async () => {
  for (const path of ['/api/trpc/auth.me', '/api/v1/orders', '/api/nothing', '/health/live', '/orders']) {
    const { headers } = await get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('strict-transport-security')).toBeNull(); // plain http
    if (path !== '/orders') expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('refusals are problem+json; bugs say nothing of their cause', async () => {
  const refused = await get('/api/v1/refuse');
  expect(refused.status).toBe(422);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  const requestId = refused.headers.get('x-request-id');
  expect(await problemOf(refused)).toEqual({
    type: '/problems/over_limit',
    title: 'This is more than is left.',
    status: 422,
    code: 'over_limit',
    detail: 'Only 3 are left.',
    retryable: false,
    left: 3,
    instance: `urn:waybill:request:${requestId}`,
    request_id: requestId,
  });
  const bug = await get('/api/v1/bug');
  expect(bug.status).toBe(500);
  expect(await bug.text()).not.toContain('secret');
  expect((await get('/api/nothing')).status).toBe(404);
});

test('bodies over one megabyte are refused, announced or not', async () => {
  const large = 'x'.repeat(1024 * 1024 + 1);
  const announced = await fetch(`${api.url}/api/v1/orders`, { method: 'POST', body: large });
  expect(announced.status).toBe(413);
  expect((await problemOf(announced)).code).toBe('payload_too_large');
  const streamed = await fetch(`${api.url}/api/v1/orders`, {
    method: 'POST',
    body: new Blob([large]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(streamed.status).toBe(413);
  const json = { 'content-type': 'application/json', origin: 'http://localhost:3000' };
  const trpc = await fetch(`${api.url}/api/trpc/auth.requestReset`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ json: { email: large } }),
  });
  expect(trpc.status).toBe(413);
  const fits = await fetch(`${api.url}/api/v1/orders`, { method: 'POST', body: 'x'.repeat(1024 * 1024) });
  expect(await fits.json()).toEqual({ read: 1024 * 1024 });
});

test('tRPC: mutations only by POST, as JSON, from our own origin; batches are bounded', async () => {
  const input = JSON.stringify({ json: { email: 'a@example.com' } });
  const url = `${api.url}/api/trpc/auth.requestReset`;
  const post = (headers: Record<string, string>): Promise<Response> => fetch(url, { method: 'POST', headers, body: input });
  expect((await fetch(`${url}?input=${encodeURIComponent(input)}`)).status).toBe(405);
  expect((await post({ 'content-type': 'application/json', origin: 'http://localhost:3000' })).status).toBe(200);
  expect((await post({ 'content-type': 'application/json', origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({ 'content-type': 'application/json', origin: 'null' })).status).toBe(403);
  expect((await post({ 'content-type': 'application/json' })).status).toBe(403);
  expect((await post({ 'content-type': 'text/plain', origin: 'http://localhost:3000' })).status).toBeGreaterThanOrEqual(400);

  const batch = (size: number): Promise<Response> =>
    get(`/api/trpc/${Array(size).fill('auth.me').join(',')}?batch=1&input=%7B%7D`);
  expect((await batch(20)).status).toBe(200);
  expect((await batch(21)).status).toBe(400);
});

test('pages and sign-in go to the web process, which is told who asks by us alone', async () => {
  const response = await fetch(`${api.url}/api/auth/callback?x=1`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-host': 'evil.example', forwarded: 'for=6.6.6.6', 'x-nonce': 'mine' },
  });
  const seen = (await response.json()) as { method: string; url: string; body: string; headers: Record<string, string> };
  expect(seen).toMatchObject({ method: 'POST', url: '/api/auth/callback?x=1', body: 'hello' });
  expect(seen.headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(seen.headers['x-forwarded-host']).toBe(`127.0.0.1:${api.port}`);
  expect(seen.headers['x-forwarded-proto']).toBe('http');
  expect(seen.headers.forwarded).toBeUndefined();
  expect(seen.headers['x-request-id']).toBe(response.headers.get('x-request-id'));
  const policy = response.headers.get('content-security-policy');
  expect(seen.headers['content-security-policy']).toBe(policy);
  expect(policy).toContain(`'nonce-${seen.headers['x-nonce']}'`);
  const other = await get('/');
  expect(other.headers.get('content-security-policy')).not.toBe(policy); // a nonce is used once
});

test('a host that is not ours is refused, except for health checks', async () => {
  expect(await getWithHost('/orders', 'evil.example')).toBe(400);
  expect(await getWithHost('/api/trpc/auth.me', 'evil.example')).toBe(400);
  expect(await getWithHost('/api/trpc/auth.me', 'localhost:3000')).toBe(200);
  expect(await getWithHost('/health/live', '10.0.0.7')).toBe(200);
});

test('what is not HTTP is answered with 400 and an end', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(api.port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test('metrics tell requests by route, the pool and the queue', async () => {
  await get('/api/trpc/auth.me');
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(/waybill_http_request_seconds_count\{[^}]*route="trpc"[^}]*status="2xx"[^}]*\} [1-9]/);
  expect(text).toMatch(/waybill_pool_main_total\{[^}]*\} \d/);
  expect(text).toMatch(/waybill_queue_oldest_runnable_seconds\{[^}]*\} \d/);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds/);
});

test('ready says which part is not: a queue that nobody works on', async () => {
  expect((await get('/health/ready')).status).toBe(200);
  await addJobs(db.pool, [{ task: 'sweep-sagas', payload: {}, runAt: new Date(Date.now() - 130_000) }]);
  const stale = await get('/health/ready');
  expect(stale.status).toBe(503);
  expect(await problemOf(stale)).toMatchObject({
    status: 'failed',
    checks: { database: { status: 'ok' }, queue: { status: 'failed' } },
  });
  expect((await get('/health/live')).status).toBe(200);
  await db.pool.query('DELETE FROM graphile_worker._private_jobs');
  expect((await get('/health/ready')).status).toBe(200);
});
