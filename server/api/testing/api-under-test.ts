import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { pino } from 'pino';
import { type ApiMounts, type RunningApi, startApi } from '../../api-process.ts';
import { type App, createApp } from '../../app.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { type Env, readEnv } from '../../platform/env.ts';
import type { Log } from '../../platform/log.ts';
import type { TestDatabase } from '../../platform/testing/test-database.ts';
import { type Belonging, signIn } from './sign-in.ts';

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
  signIn(role: Role, belongs?: Belonging): Promise<string>;
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
    CHANNEL_ORIGINS: 'https://bazaar.example',
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
    signIn: (role, belongs) => signIn(app.pool, app.settings, role, belongs),
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
