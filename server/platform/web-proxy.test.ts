import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { admitRequest } from './http.ts';
import { createWebProxy, type WebProxy } from './web-proxy.ts';

const servers: Server[] = [];
const proxies: WebProxy[] = [];
const log = pino({ level: 'silent' });
const WITHIN = { signal: AbortSignal.timeout(30_000) };

async function listening(handle: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function proxied(webPort: number): Promise<string> {
  const proxy = createWebProxy(webPort, {
    origin: 'http://localhost',
    production: false,
    webDevelopment: false,
    frameOrigins: [],
  });
  proxies.push(proxy);
  const { port } = await listening((req, res) => {
    admitRequest(req, log);
    proxy.web(req, res);
  });
  return `http://127.0.0.1:${port}`;
}

afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Answers, and hangs up without a word at the first request that comes over a connection a second time. */
async function forgetfulWeb() {
  const seen = new Map<Socket, number>();
  const served: string[] = [];
  const { port } = await listening((req, res) => {
    const times = (seen.get(req.socket) ?? 0) + 1;
    seen.set(req.socket, times);
    if (times === 2) return void req.socket.destroy();
    served.push(`${req.method} ${req.url}`);
    res.end('a page');
  });
  return { port, served };
}

test('a page whose kept connection was closed just then is asked for once more', async () => {
  const web = await forgetfulWeb();
  const origin = await proxied(web.port);
  expect(await (await fetch(`${origin}/first`, WITHIN)).text()).toBe('a page');
  const second = await fetch(`${origin}/second`, WITHIN);
  expect([second.status, await second.text()]).toEqual([200, 'a page']);
  expect(web.served).toEqual(['GET /first', 'GET /second']);
});

test('what may have changed something is not sent twice', async () => {
  const web = await forgetfulWeb();
  const origin = await proxied(web.port);
  await (await fetch(`${origin}/first`, WITHIN)).text();
  const second = await fetch(`${origin}/second`, { method: 'POST', body: 'x', ...WITHIN });
  expect(second.status).toBe(503);
  expect(web.served).toEqual(['GET /first']);
});

test('where nobody listens the answer is 503, once', async () => {
  const { server, port } = await listening((_req, res) => res.end());
  await new Promise((resolve) => server.close(resolve));
  const origin = await proxied(port);
  const answer = await fetch(`${origin}/`, WITHIN);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'unavailable' });
});
