import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newId } from '../../kernel/ids.ts';
import { OPERATIONS } from '../public/router.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join } from './testing/join.ts';
import { PROCEDURES, shapesOf } from './testing/procedures.ts';

/** Fields that decide whose, how much and by whom are not taken from a body that has no business saying them. */
let world: ConsoleWorld;
const STRANGER = newId();
beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
});
afterAll(() => world.close());

/** What would do harm if a procedure took it over. */
const EXTRAS: Readonly<Record<string, unknown>> = {
  id: STRANGER,
  role: 'admin',
  merchantId: STRANGER,
  merchant_id: STRANGER,
  customerId: STRANGER,
  userId: STRANGER,
  createdBy: `user:${STRANGER}`,
  actor: `user:${STRANGER}`,
  requestedBy: `user:${STRANGER}`,
  home: 'XX',
  status: 'REFUNDED',
  state: 'paid',
  totalMinor: 987_654_321,
  total_minor: 987_654_321,
  capturedMinor: 987_654_321,
  approved: true,
  secondFactor: true,
  disabledAt: null,
  passwordHash: 'x',
  scopes: ['orders:write'],
  channel: 'import',
  source: 'shop',
  version: 99,
};

const fieldsOf = (input: unknown): string[] =>
  input instanceof z.ZodType ? shapesOf(input).flatMap(({ full }) => Object.keys((full ?? {}) as object)) : [];

describe('REST', () => {
  it('refuses a field that an operation does not have, by its name', async () => {
    for (const { facts, input } of OPERATIONS.filter((each) => each.facts.method !== 'GET')) {
      const own = fieldsOf(input);
      const extras = Object.entries(EXTRAS).filter(([name]) => !own.includes(name));
      const response = await fetch(`${world.api.url}/api/v1${facts.path.replaceAll(/\{\w+\}/g, 'EU-1001')}`, {
        method: facts.method,
        headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(extras)),
      });
      const { errors } = (await response.json()) as { errors: { pointer: string }[] };
      expect([facts.id, response.status]).toEqual([facts.id, 400]);
      const pointers = errors.map(({ pointer }) => pointer);
      expect([facts.id, extras.filter(([name]) => !pointers.includes(`/${name}`))]).toEqual([facts.id, []]);
    }
  });
});

describe('the console', () => {
  it('writes none of them anywhere, whatever mutation they are sent to', async () => {
    for (const procedure of PROCEDURES.filter(({ type }) => type === 'mutation')) {
      const browser = await world.callerOf(procedure);
      const own = fieldsOf(procedure.input);
      const extras = Object.fromEntries(Object.entries(EXTRAS).filter(([name]) => !own.includes(name)));
      for (const { full } of world.shapesOf(procedure)) await browser.mutate(procedure.path, { ...(full as object), ...extras });
    }
    const { rows: tables } = await world.db.ownerPool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rowCount } = await world.db.ownerPool.query(
        `SELECT FROM ${name} t WHERE t::text LIKE $1 OR t::text LIKE '%987654321%'`,
        [`%${STRANGER}%`],
      );
      if (rowCount) found.push(name);
    }
    expect(found).toEqual([]);
  });

  it('nobody makes themselves an administrator', async () => {
    const browser = world.visitor();
    const member = await join(world);
    await browser.signIn(member);
    const profile = { name: 'Eve', locale: 'en', timeZone: 'UTC', role: 'admin', merchantId: world.samples.merchants[0] };
    expect((await browser.mutate('auth.changeProfile', profile)).code).toBeNull();
    const admin = await world.callerOf({ path: 'people.invite', type: 'mutation', input: undefined, caller: 'admin' });
    const { json } = await admin.mutate('people.invite', { email: 'invited@example.com', role: 'warehouse' });
    const token = String(json.url).split('/').at(-1);
    const joining = { token, name: 'Eve', password: 'eve has a password', role: 'admin', email: 'other@example.com' };
    expect((await world.visitor().mutate('auth.acceptInvite', joining)).code).toBeNull();
    const { rows } = await world.db.pool.query<{ email: string; role: string }>(
      `SELECT email, role FROM users WHERE name = 'Eve' AND merchant_id IS NULL ORDER BY role`,
    );
    expect(rows).toEqual([
      { email: member.email, role: 'agent' },
      { email: 'invited@example.com', role: 'warehouse' },
    ]);
  });
});
