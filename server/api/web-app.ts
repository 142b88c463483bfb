import type pg from 'pg';
import { createPeopleFlows, type PeopleFlows } from '../flows/people/people-flows.ts';
import { DEMO_USERS } from '../platform/auth/demo-users.ts';
import { createPool } from '../platform/db.ts';
import { type Env, env } from '../platform/env.ts';
import { createRateLimiter } from '../platform/rate-limit.ts';

/** What the pages' process needs of the house: to sign people in, and to know who they are. Everything else goes through the API. */
export interface WebApp {
  readonly env: Env;
  readonly pool: pg.Pool;
  readonly people: PeopleFlows;
}

/** Next loads modules more than once in one process; the connections and the counts of attempts must be there once. */
const SLOT = Symbol.for('waybill.web-app');
const POOL_SIZE = 4;

/** What the web process needs to know who looks at a page. Made once. */
export function webApp(): WebApp {
  const slots = globalThis as { [SLOT]?: WebApp };
  slots[SLOT] ??= createWebApp(env());
  return slots[SLOT];
}

function createWebApp(settings: Env): WebApp {
  const pool = createPool({ connectionString: settings.DATABASE_URL, max: POOL_SIZE, name: 'waybill-web' });
  const people = createPeopleFlows({ pool, dataKey: settings.WAYBILL_DATA_KEY, limits: createRateLimiter() });
  return { env: settings, pool, people };
}

/** What the sign-in page offers besides e-mail and password. */
export function signInOffers(): { readonly demoUsers: typeof DEMO_USERS; readonly identityProvider: string | null } {
  const { env: settings } = webApp();
  const issuer = settings.OIDC_CLIENT_ID && settings.OIDC_CLIENT_SECRET ? settings.OIDC_ISSUER : undefined;
  return {
    demoUsers: settings.WAYBILL_DEMO === '1' ? DEMO_USERS : [],
    identityProvider: issuer ? new URL(issuer).hostname : null,
  };
}
