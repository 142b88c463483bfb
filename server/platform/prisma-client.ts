import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from './prisma/client.ts';

/** Prisma on the pool that everything shares. For reads in views; it never joins a write (DESIGN 1). */
export function createPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
