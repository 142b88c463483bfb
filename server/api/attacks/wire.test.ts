import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';

/** Bytes on the wire: what two servers could read differently, what never ends, what is too much, and addresses that lead out of a folder. */
const DEEP = process.env.WAYBILL_DEEP === '1';
let world: ConsoleWorld;
beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
});
afterAll(() => world.close());

const PATIENCE_MS = 20_000;
/** For a second answer, after a first one that leaves the connection open. */
const SILENCE_MS = 300;

/** Sends bytes and returns all that comes back until the connection ends, or falls silent after an answer. */
function exchange(bytes: string | Buffer): Promise<{ text: string; ended: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(world.api.port, '127.0.0.1', () => socket.write(bytes));
    const done = (ended: boolean): void => {
      resolve({ text, ended });
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => done(false));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      socket.setTimeout(SILENCE_MS);
    });
    socket.on('error', () => {});
    socket.on('close', () => done(true));
  });
}

const statuses = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

const host = (): string => `Host: 127.0.0.1:${world.api.port}`;
const SMUGGLED = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a request that two servers could read differently', () => {
  const requests: readonly [string, () => string][] = [
    [
      'Content-Length and Transfer-Encoding',
      () =>
        `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'two Content-Lengths',
      () =>
        `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    ],
    [
      'a list of lengths',
      () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: 0, ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    ],
    ['a length with a sign', () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: +0\r\n\r\n${SMUGGLED}`],
    ['a length in hexadecimal', () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: 0x0\r\n\r\n${SMUGGLED}`],
    ['a negative length', () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nContent-Length: -1\r\n\r\n${SMUGGLED}`],
    [
      'an encoding that is not chunked',
      () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'chunked, and not last',
      () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'a blank before the colon',
      () =>
        `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nTransfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    ['a folded header', () => `GET /api/v1/merchant HTTP/1.1\r\n${host()}\r\nX-A: b\r\n  Transfer-Encoding: chunked\r\n\r\n`],
    ['bare line feeds', () => `POST /api/v1/orders HTTP/1.1\n${host()}\nContent-Length: 0\n\n${SMUGGLED}`],
    ['a bare carriage return', () => `GET /api/v1/merchant HTTP/1.1\r\n${host()}\r\nX-A: b\rX-B: c\r\n\r\n`],
    ['U+0000 in a header', () => `GET /api/v1/merchant HTTP/1.1\r\n${host()}\r\nX-A: b\u0000c\r\n\r\n`],
    [
      'a chunk of a size that is none',
      () => `POST /api/v1/orders HTTP/1.1\r\n${host()}\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n${SMUGGLED}`,
    ],
    ['two hosts', () => `GET /api/v1/merchant HTTP/1.1\r\n${host()}\r\nHost: evil.example\r\n\r\n`],
    ['no host', () => 'GET /api/v1/merchant HTTP/1.1\r\n\r\n'],
    ['another version', () => `GET /api/v1/merchant HTTP/3.7\r\n${host()}\r\n\r\n`],
    ['a method nobody knows', () => `SMUGGLE /api/v1/merchant HTTP/1.1\r\n${host()}\r\n\r\n`],
    ['headers beyond 16 kB', () => `GET /api/v1/merchant HTTP/1.1\r\n${host()}\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['an address beyond 16 kB', () => `GET /api/v1/orders?${'a'.repeat(20_000)} HTTP/1.1\r\n${host()}\r\n\r\n`],
  ];

  it.each(requests)('(%s) is refused, and nothing of it is taken for another request', async (_name, request) => {
    const { text } = await exchange(request());
    const [first, ...more] = statuses(text);
    expect(first).toBeGreaterThanOrEqual(400);
    expect(first).toBeLessThan(500);
    expect(more).toEqual([]);
    expect(text).not.toContain('waybill_http_request_seconds');
  });

  it('that names its target in full is the same request, and to another host is refused', async () => {
    const absolute = (target: string) => exchange(`GET ${target} HTTP/1.1\r\n${host()}\r\nConnection: close\r\n\r\n`);
    expect(statuses((await absolute(`http://127.0.0.1:${world.api.port}/api/trpc/people.list`)).text)).toEqual([401]);
    expect(statuses((await absolute('http://evil.example/api/trpc/people.list')).text)[0]).toBe(400);
    expect(statuses((await absolute('http://evil.example/metrics')).text)[0]).toBe(400);
  });

  it('after a good one on the same connection does not hurt the next', async () => {
    const good = `GET /health/live HTTP/1.1\r\n${host()}\r\n\r\n`;
    const last = good.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(statuses((await exchange(good + last)).text)).toEqual([200, 200]);
    expect(statuses((await exchange(`${good}NONSENSE\r\n\r\n`)).text)).toEqual([200, 400]);
  });
});

/** It takes as long as our patience lasts. */
if (DEEP)
  describe('a request that never ends', () => {
    it('is ended by us, while others are answered', { timeout: 120_000 }, async () => {
      const startedAt = performance.now();
      const slow = (head: string, more = 'X-A: b\r\n'): Promise<string> =>
        new Promise((resolve) => {
          let text = '';
          const socket = connect(world.api.port, '127.0.0.1', () => socket.write(head));
          const drip = setInterval(() => socket.write(more), 1_000);
          socket.on('data', (data) => {
            text += data.toString();
          });
          socket.on('error', () => {});
          socket.on('close', () => {
            clearInterval(drip);
            resolve(text);
          });
        });
      const many = Array.from({ length: 200 }, () => slow(`GET / HTTP/1.1\r\n${host()}\r\n`));
      // A browser opens connections before it has something to ask: one that is ended meanwhile says nothing that could be taken for an answer.
      const silent = slow('', '');
      expect((await fetch(`${world.api.url}/health/live`)).status).toBe(200);
      const answers = await Promise.all(many);
      expect(new Set(answers.map((text) => statuses(text)[0]))).toEqual(new Set([408]));
      expect(await silent).toBe('');
      writeAttackEvidence('wire', [
        ['200 requests whose headers never end were all ended after (s)', (performance.now() - startedAt) / 1_000],
      ]);
    });
  });

describe('an address that leads out of where it begins', () => {
  const paths = [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/_next/static/../../package.json',
    '/_next/..%5c..%5cpackage.json',
    '/api/documents/../v1/docs',
    '/api/documents/orders/..%2f..%2fetc%2fpasswd.pdf',
    '/api/documents/orders/%2e%2e%2fx.pdf',
    '/api/documents/__proto__/EU-1001.pdf',
    '/api/documents/constructor/EU-1001.pdf',
    '/api/v1/docs/../../../package.json',
    '/api/v1/docs/%2e%2e/%2e%2e/package.json',
    '/api/v1/docs/reference.js/../../../../etc/passwd',
    '/problems/../package.json',
    '/problems/__proto__',
    '/problems/%2e%2e',
    '/api/trpc/__proto__',
    '/api/trpc/constructor.constructor',
    '/api/trpc/toString',
    '/api/webhooks/__proto__',
    '/api/webhooks/psp/../../v1/merchant',
    '/api/v1//merchant',
    '/api//v1/merchant',
    '//api/trpc/people.list',
    '/API/TRPC/people.list',
    '/api/trpc/people.list%00',
    '/api/trpc/auth.me,people.list?batch=1',
    `/api/live?topics=${'order,'.repeat(200)}`,
    '/api/live?topics=order:..%2f..',
    '/api/live?missed=99999999999999',
  ];

  it.each(paths)('%s gives nothing away', async (path) => {
    const { text } = await exchange(`GET ${path} HTTP/1.1\r\n${host()}\r\nConnection: close\r\n\r\n`);
    expect(statuses(text)[0]).toBeLessThan(500);
    expect(text).not.toMatch(/root:|"dependencies"|"allowScripts"/);
    if (path.includes('people.list')) expect(text).not.toContain('"result":{"data":{"json":{"users"');
  });
});

describe('a method in disguise', () => {
  it('stays what it is: GET changes nothing, whatever a header or the query says', async () => {
    const admin = await world.callerOf({ path: 'people.invite', type: 'mutation', input: undefined, caller: 'admin' });
    const input = encodeURIComponent(JSON.stringify({ json: { email: 'x@example.com', role: 'agent' } }));
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const headers = { [name]: 'POST', origin: world.origin };
      const response = await admin.request(`/api/trpc/people.invite?input=${input}&_method=POST`, { headers });
      expect(response.status).toBe(405);
    }
    const { rowCount } = await world.db.pool.query(`SELECT FROM user_tokens WHERE kind = 'invite'`);
    expect(rowCount).toBe(0);
  });
});

describe('JSON that reaches for prototypes', () => {
  const bodies = [
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC","__proto__":{"isAdmin":true}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"__proto__.isAdmin":["Date"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"constructor.prototype.isAdmin":["Date"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"referentialEqualities":{"name":["__proto__.isAdmin"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"referentialEqualities":{"name":["constructor.prototype.isAdmin"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"name":[["custom","x"]]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"name":["class"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":[["map"]]}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"name":["bigint"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"name":["regexp"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"name":["Error"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":{"values":{"a.b.c.d":["Date"]}}}',
    '{"json":{"name":"Eve","locale":"en","timeZone":"UTC"},"meta":7}',
    `{"json":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"json":{"name":"Eve"},"meta":{"values":${'{"a":[0,'.repeat(2_000)}1${']}'.repeat(2_000)}}}`,
    '{"json":"\\u0000"}',
    '{"json":{"name":"\\ud800","locale":"en","timeZone":"UTC"}}',
    '[]',
    '7',
    'null',
    '"',
    '',
  ];

  const named = bodies.map((body) => [body.slice(0, 120), body] as const);

  it.each(named)('%s is refused or read as data, and no prototype changes', async (_name, body) => {
    const browser = await world.callerOf({ path: 'auth.changeProfile', type: 'mutation', input: undefined, caller: 'admin' });
    const response = await browser.request('/api/trpc/auth.changeProfile', {
      method: 'POST',
      headers: { origin: world.origin, 'content-type': 'application/json' },
      body,
    });
    await response.arrayBuffer();
    expect(response.status).toBeLessThan(500);
    expect({}).not.toHaveProperty('isAdmin');
    expect((await browser.query('auth.me')).status).toBe(200);
  });
});

it('none of it was a fault that nobody foresaw', () => {
  expect(world.errors()).toEqual([]);
});
