import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join, type Member } from './testing/join.ts';
import { recordStatements, type Statements } from './testing/statements.ts';

/**
 * Nobody learns from an answer whether an address has an account: the same work is done, the same statements are sent, the same bytes
 * come back. Times are measured and reported, not judged: a machine under load would decide such a test.
 */
const hashed = vi.hoisted(() => ({ against: [] as string[] }));
vi.mock('@node-rs/argon2', async (importOriginal) => {
  const real = await importOriginal<typeof import('@node-rs/argon2')>();
  return {
    ...real,
    // The real comparison, with a note of what it was made with.
    verify: (...args: Parameters<typeof real.verify>) => {
      hashed.against.push(String(args[0]));
      return real.verify(...args);
    },
  };
});

const MEASURED = process.env.WAYBILL_DEEP === '1' ? 60 : 3;
let world: ConsoleWorld;
let statements: Statements;
let known: Member;
let disabled: Member;
beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
  known = await join(world);
  disabled = await join(world);
  await world.db.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.userId]);
  statements = recordStatements();
});
afterAll(async () => {
  statements.stop();
  await world.close();
});

/** What a stranger can see of an answer, without what is of this request alone. */
async function visible(response: Response): Promise<unknown> {
  const own = ['x-request-id', 'traceparent', 'date', 'content-security-policy', 'set-cookie'];
  const headers = [...response.headers].filter(([name]) => !own.includes(name));
  const cookies = response.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, '='));
  return { status: response.status, headers, cookies, body: await response.text() };
}

async function attempt(email: string): Promise<{ seen: unknown; texts: unknown; comparisons: number; ms: number }> {
  const browser = world.visitor();
  await browser.request('/api/auth/csrf');
  statements.clear();
  hashed.against.length = 0;
  const startedAt = performance.now();
  const seen = await visible(await browser.signIn({ email, password: 'not the right password' }));
  const ms = performance.now() - startedAt;
  // Whoever listens for events asks for them now and then, whatever is tried at the door.
  const texts = [...statements.texts].filter(([text]) => /\b(users|sessions|user_tokens|audit_log)\b/.test(text));
  return { seen, texts, comparisons: hashed.against.length, ms };
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

it('signing in does the same and says the same for an address with an account, without one, and with one that is shut', async () => {
  await attempt('warm-up@example.com'); // makes the decoy that unknown addresses are compared with
  const right = await attempt(known.email);
  expect(right.comparisons).toBe(1);
  expect(hashed.against[0]).toMatch(/^\$argon2id\$/);
  for (const email of ['nobody@example.com', disabled.email]) {
    const { ms: _ms, ...other } = await attempt(email);
    const { ms: _own, ...same } = right;
    expect(other).toEqual(same);
  }
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < MEASURED; round++) {
    times.known.push((await attempt(known.email)).ms);
    times.unknown.push((await attempt(`nobody-${round}@example.com`)).ms);
  }
  writeAttackEvidence('enumeration', [
    [`sign-in with a wrong password, address known, median of ${MEASURED} (ms)`, median(times.known)],
    [`sign-in with a wrong password, address unknown, median of ${MEASURED} (ms)`, median(times.unknown)],
  ]);
});

it('asking for a new password answers the same, before anything is looked up', async () => {
  const ask = async (email: string) => {
    const response = await world.visitor().request('/api/trpc/auth.requestReset', {
      method: 'POST',
      headers: { origin: world.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ json: { email } }),
    });
    return visible(response);
  };
  const of = await ask(known.email);
  expect(of).toMatchObject({ status: 200 });
  expect(await ask('nobody@example.com')).toEqual(of);
  expect(await ask(disabled.email)).toEqual(of);
});

it('links that lead nowhere, somewhere else, or have been used are answered the same', async () => {
  const { rows } = await world.db.pool.query<{ id: string }>(
    `INSERT INTO user_tokens (id, kind, token_hash, user_id, created_at, expires_at, used_at)
     VALUES (gen_random_uuid(), 'reset', sha256('a-link-that-was-used-already'), $1, now(), now() + interval '1 hour', now()) RETURNING id`,
    [known.userId],
  );
  expect(rows).toHaveLength(1);
  const password = 'a password that is new';
  const reset = (token: string) => world.visitor().mutate('auth.resetPassword', { token, password });
  const used = await reset('a-link-that-was-used-already');
  const unknown = await reset('a-link-that-nobody-ever-made');
  const without = (text: string) => text.replaceAll(/"(requestId|traceId)":"[^"]*"/g, '');
  expect(used.code).toBe('not_found');
  expect(without(unknown.text)).toBe(without(used.text));
});
