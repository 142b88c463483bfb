import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../kernel/errors.ts';
import { admitRequest } from '../../platform/http.ts';
import type { App } from '../app.ts';
import { handlePublic } from './handler.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  const log = pino({ level: 'silent' });
  // The pages need nothing of the app: no database, no key.
  server = createServer((req, res) => {
    admitRequest(req, log);
    void handlePublic(req, res, {} as App);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('the reference is a page of our own files under a policy that lets nothing else in', async () => {
  const page = await fetch(`${url}/api/v1/docs`);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
  expect(html).not.toMatch(/https?:\/\/|<script>/);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(files).toHaveLength(3);
  for (const file of files) {
    const { status, headers } = await fetch(url + file);
    expect([file, status, headers.get('content-encoding')]).toEqual([file, 200, 'gzip']);
  }
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as { openapi: string };
  expect(document.openapi).toMatch(/^3\.1\./);
});

test('the type of every problem is the address of a page that explains it', async () => {
  const catalogue = await (await fetch(`${url}/problems`)).text();
  for (const code of Object.keys(ERRORS)) {
    const page = await fetch(`${url}/problems/${code}`);
    expect([code, page.status, (await page.text()).includes(code), catalogue.includes(`/problems/${code}"`)]).toEqual([
      code,
      200,
      true,
      true,
    ]);
  }
  expect((await fetch(`${url}/problems/made_up`)).status).toBe(404);
  const refused = await fetch(`${url}/api/v1/nothing`);
  const { type } = (await refused.json()) as { type: string };
  expect((await fetch(url + type)).status).toBe(200);
  expect((await fetch(`${url}/api/v1/docs`, { method: 'POST' })).status).toBe(405);
});
