import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { consistentWorld, type World } from './integrity/world-fixture.ts';
import { checkIntegrity } from './integrity.ts';

let db: TestDatabase;
let world: World;
const now = new Date('2026-11-22T12:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
  world = consistentWorld();
  await world.insert(db.ownerPool);
});
afterAll(() => db?.drop());

describe('a world in order', () => {
  it('breaks no invariant', async () => {
    const { report } = await checkIntegrity(db.pool, { full: true, now });
    expect(report.invariants.filter((f) => f.state === 'violated')).toEqual([]);
  });
});
