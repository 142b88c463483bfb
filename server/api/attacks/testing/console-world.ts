import { PassThrough } from 'node:stream';
import type pg from 'pg';
import type { Env } from '../../../platform/env.ts';
import { createLog } from '../../../platform/log.ts';
import { createRateLimiter } from '../../../platform/rate-limit.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/testing/test-database.ts';
import { handlePublic } from '../../public/handler.ts';
import { appRouter } from '../../root.ts';
import { addApiKey } from '../../testing/add-api-key.ts';
import { type ApiUnderTest, startApiUnderTest } from '../../testing/api-under-test.ts';
import { sampleWorld } from '../../testing/sample-world.ts';
import { SAMPLES, type SampleWorld } from '../../testing/samples.ts';
import { signInPages } from '../../testing/sign-in-pages.ts';
import { createVisitor, type Visitor } from '../../testing/visitor.ts';
import { overlay, type Procedure, type Shape, shapesOf } from './procedures.ts';

/** The public port with everything that is served, over real HTTP, on a small shop; what it logs, at the most verbose level, can be read. */
export interface ConsoleWorld {
  readonly db: TestDatabase;
  readonly api: ApiUnderTest;
  readonly samples: SampleWorld;
  readonly origin: string;
  /** Everything that was logged so far. */
  logged(): string;
  /** What of it is an error: nobody foresaw it. */
  errors(): string[];
  /** Of the samples' first merchant, with every scope. */
  readonly apiKey: string;
  /** From now on nothing is refused for being asked too often. */
  liftLimits(): void;
  /** A new browser. */
  visitor(headers?: Readonly<Record<string, string>>): Visitor;
  /** A browser of who may call the procedure; the same one each time. */
  callerOf(procedure: Procedure): Promise<Visitor>;
  /** The inputs a procedure takes, with every field filled in, what the sample says before what the schema says. */
  shapesOf(procedure: Procedure): Shape[];
  close(): Promise<void>;
}

export async function consoleWorld(variables: Readonly<Record<string, string>> = {}): Promise<ConsoleWorld> {
  const db = await createTestDatabase();
  const lines = new PassThrough();
  let logged = '';
  lines.on('data', (chunk: Buffer) => {
    logged += chunk.toString();
  });
  // Time stands still, so that no limit gives anything back while a test counts; where limits are lifted an hour goes by before each attempt.
  const startedAt = Date.now();
  let lifted = false;
  let hoursMs = 0;
  const clock = () => {
    if (lifted) hoursMs += 3_600_000;
    return startedAt + hoursMs;
  };
  const pages = (env: Env, pool: pg.Pool) => signInPages(env, pool, createRateLimiter(clock));
  const log = createLog({ level: 'trace', role: 'test', region: 'EU' }, lines);
  const api = await startApiUnderTest(db, { router: appRouter, handlePublic }, variables, { log, pages });
  Object.assign(api.app, { limits: createRateLimiter(clock) });
  const samples = await sampleWorld(db.pool);
  const apiKey = await addApiKey(db.pool, samples.merchants[0]);
  const { origin } = api.app.settings;
  const browsers = new Map<string, Promise<Visitor>>();
  const visitor = (headers?: Readonly<Record<string, string>>): Visitor =>
    createVisitor({ url: api.url, origin, ...(headers ? { headers } : {}) });

  async function signedIn(role: Procedure['caller']): Promise<Visitor> {
    const browser = visitor();
    if (role === 'visitor') return browser;
    const belongs =
      role === 'merchant'
        ? { merchantId: samples.merchants[1] }
        : role === 'customer'
          ? { customerId: samples.customers[1] }
          : {};
    const [name = '', value = ''] = (await api.signIn(role, belongs)).split('=');
    browser.cookies.set(name, value);
    return browser;
  }

  return {
    db,
    api,
    samples,
    origin,
    logged: () => logged,
    errors: () => logged.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line)),
    apiKey,
    liftLimits() {
      lifted = true;
    },
    visitor,
    callerOf({ caller }) {
      const known = browsers.get(caller) ?? signedIn(caller);
      browsers.set(caller, known);
      return known;
    },
    shapesOf({ path, input }) {
      const sample = SAMPLES[path].input?.(samples);
      return shapesOf(input).map(({ full, texts }) => ({ full: firstPage(overlay(full, sample)), texts }));
    },
    async close() {
      await api.stop();
      await db.drop();
    },
  };
}

/** Without a cursor: one that nobody was given would be refused before anything else is looked at. */
function firstPage(input: unknown): unknown {
  const { after: _after, cursor: _cursor, before: _before, ...rest } = input as Record<string, unknown>;
  return rest;
}
