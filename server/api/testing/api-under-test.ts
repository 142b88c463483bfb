import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encode } from 'next-auth/jwt';
import type pg from 'pg';
import { pino } from 'pino';
import { type ApiMounts, type RunningApi, startApi } from '../../api-process.ts';
import { type App, createApp } from '../../app.ts';
import { newId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { sessionCookieName } from '../../platform/auth/session-cookie.ts';
import { createSession } from '../../platform/auth/sessions.ts';
import { type Env, readEnv } from '../../platform/env.ts';
import type { Log } from '../../platform/log.ts';
import type { TestDatabase } from '../../platform/testing/test-database.ts';

const SECRET = 'a secret of the tests, long enough';

export interface Surroundings {
  /** What stands in the place of Next; where absent, a server that answers with what it was sent. */
  readonly pages?: (env: Env, pool: pg.Pool) => RequestListener;
  /** Silent where absent. */
  readonly log?: Log;
}

/** The public port over real HTTP, with a small server in the place of Next. */
export interface ApiUnderTest {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  readonly running: RunningApi;
  /** A Cookie header of a new user with this role. */
  signIn(role: Role, belongs?: { readonly merchantId?: string; readonly customerId?: string }): Promise<string>;
  stop(): Promise<void>;
}

export async function startApiUnderTest(
  db: TestDatabase,
  mounts: ApiMounts,
  variables: Readonly<Record<string, string>> = {},
  around: Surroundings = {},
): Promise<ApiUnderTest> {
  let answer: RequestListener = echo;
  const pages = await startPages((req, res) => answer(req, res));
  const settings = readEnv({
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    WEB_PORT: String((pages.address() as AddressInfo).port),
    WAYBILL_SECRET: SECRET,
    WAYBILL_DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
    WAYBILL_DEMO: '1',
    ...variables,
  });
  if (around.pages) answer = around.pages(settings, db.pool);
  const app = createApp({ env: settings, role: 'test', pool: db.pool, log: around.log ?? pino({ level: 'silent' }) });
  const running = await startApi(app, mounts, 0);
  return {
    app,
    running,
    port: running.port,
    url: `http://127.0.0.1:${running.port}`,
    signIn: (role, belongs) => signIn(app, role, belongs),
    async stop() {
      await running.stop();
      await app.close();
      await new Promise((resolve) => pages.close(resolve));
    },
  };
}

const echo: RequestListener = async (req: IncomingMessage, res) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() }));
};

async function startPages(answer: RequestListener): Promise<Server> {
  const pages = createServer(answer);
  // The development server's WebSocket: says hello and echoes.
  pages.on('upgrade', (_req, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello ');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  return pages;
}

async function signIn(
  app: App,
  role: Role,
  { merchantId, customerId }: { readonly merchantId?: string; readonly customerId?: string } = {},
): Promise<string> {
  const now = new Date();
  const userId = newId();
  const sessionId = newId();
  const email = `${userId}@example.com`;
  await app.pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, merchant_id, customer_id, created_at)
     VALUES ($1, $2, $2, 'Test', $3, $4, $5, $6)`,
    [userId, email, role, merchantId ?? null, customerId ?? null, now],
  );
  await createSession(app.pool, { id: sessionId, userId, ip: null, userAgent: null, secondFactor: true }, now);
  const token = await encode({ token: { sessionId }, secret: app.settings.secret });
  return `${sessionCookieName(app.settings.origin)}=${token}`;
}
