import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendJson } from '../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { startApiUnderTest } from './testing/api-under-test.ts';
import { router } from './trpc.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('stopping lets a running request end, ends the streams, and takes no new connection', async () => {
  let begun: () => void = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let finish: () => void = () => {};
  const api = await startApiUnderTest(db, {
    router: router({}),
    handlePublic: async (_req, res) => {
      begun();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      sendJson(res, 201, { placed: true });
    },
  });
  const running = fetch(`${api.url}/api/v1/orders`, { method: 'POST' });
  const stream = await fetch(`${api.url}/api/live`, { headers: { cookie: await api.signIn('agent') } });
  expect(stream.status).toBe(200);
  await hasBegun;
  const stopped = api.stop();
  await stream.text(); // ends
  await expect(fetch(`${api.url}/health/live`)).rejects.toThrow();
  finish();
  const response = await running;
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ placed: true });
  await stopped;
});

test('pages that do not answer are 503 with a sentence', async () => {
  const api = await startApiUnderTest(db, { router: router({}), handlePublic: () => {} }, { WEB_PORT: '1' });
  const response = await fetch(`${api.url}/orders`);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({ code: 'unavailable' });
  await api.stop();
});

test('metrics beyond this machine take the token', async () => {
  const token = 'a token of sixteen or more';
  const api = await startApiUnderTest(db, { router: router({}), handlePublic: () => {} }, { METRICS_TOKEN: token });
  expect((await fetch(`${api.url}/metrics`)).status).toBe(401);
  expect((await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${token}x` } })).status).toBe(401);
  expect((await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  await api.stop();
});

/** Asks for a WebSocket, says "you" when it is open, and returns all that came back. */
function upgrade(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /_next/webpack-hmr HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`),
    );
    socket.on('data', (data) => {
      if (text === '') socket.write('you');
      text += data.toString();
      if (text.endsWith('you')) socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

test('WebSockets reach the pages in development only, and only under our name', async () => {
  const mounts = { router: router({}), handlePublic: () => {} };
  const development = await startApiUnderTest(db, mounts, { WAYBILL_WEB_DEV: '1' });
  expect(await upgrade(development.port, `localhost:${development.port}`)).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello you$/);
  expect(await upgrade(development.port, 'evil.example')).toBe('');
  await development.stop();
  const production = await startApiUnderTest(db, mounts);
  expect(await upgrade(production.port, `localhost:${production.port}`)).toBe('');
  await production.stop();
});
